// Runs a template's tree over a value.
#include "cli/output/template.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "cli/output/template_tree.h"

namespace isle::cli {
namespace go_template {
namespace {

constexpr std::size_t kMostOutput = std::size_t{64} << 20;

enum class Flow : unsigned char { On, Break, Continue };

const json::Value* find_field(const json::Object& members, std::string_view name) {
  for (const json::Member& member : members) {
    if (member.key == name) return &member.value;
  }
  const std::string plain = lower(name);
  for (const json::Member& member : members) {
    if (lower(member.key) == plain) return &member.value;
  }
  return nullptr;
}

std::string names_of(const json::Object& members) {
  constexpr std::size_t kShown = 40;
  std::vector<std::string> names;
  for (const json::Member& member : members) names.push_back(member.key);
  if (names.size() > kShown) names.resize(kShown);
  return names.empty() ? "there are none" : "there are " + join(names, ", ");
}

Result<json::Value> field_of(const json::Value& value,
                             const std::string& name,
                             std::size_t column) {
  if (const json::Object* members = value.object()) {
    if (const json::Value* found = find_field(*members, name)) return *found;
    return fail_at(column, format("there is no field {}: {}", quoted(name), names_of(*members)));
  }
  if (value.is_null()) return json::Value();
  return fail_at(column,
                 format("{} is asked of a {}, which has no fields", quoted(name), value.kind()));
}

class Run {
 public:
  explicit Run(const json::Value& root) { variables_.push_back({.name = "$", .value = root}); }

  Result<Flow> body(const Body& body, const json::Value& dot) {
    const std::size_t scope = variables_.size();
    Flow flow = Flow::On;
    for (const Node& node : body.nodes) {
      flow = TRY(this->node(node, dot));
      if (flow != Flow::On) break;
    }
    variables_.resize(scope);
    return flow;
  }

  std::string output;

 private:
  struct Variable {
    std::string name;
    json::Value value;
  };
  std::vector<Variable> variables_;

  Result<Flow> node(const Node& node, const json::Value& dot) {
    if (output.size() > kMostOutput) return fail_at(1, "the output grows too large");
    switch (node.kind) {
      case Node::Kind::Text: output += node.text; break;
      case Node::Kind::Output: {
        const json::Value value = TRY(pipeline(node.pipeline, dot));
        if (node.pipeline.variables.empty()) output += words_of(value);
        break;
      }
      case Node::Kind::If:
      case Node::Kind::With: return choice(node, dot);
      case Node::Kind::Range: return range(node, dot);
      case Node::Kind::Break: return Flow::Break;
      case Node::Kind::Continue: return Flow::Continue;
    }
    return Flow::On;
  }

  Result<Flow> choice(const Node& node, const json::Value& dot) {
    const std::size_t scope = variables_.size();
    const json::Value value = TRY(pipeline(node.pipeline, dot));
    const bool holds = is_true(value);
    const json::Value& inside = holds && node.kind == Node::Kind::With ? value : dot;
    const Flow flow = TRY(body(holds ? node.body : node.otherwise, inside));
    variables_.resize(scope);
    return flow;
  }

  struct Item {
    json::Value key, value;
  };
  static Result<std::vector<Item>> items_of(const json::Value& value, std::size_t column) {
    std::vector<Item> items;
    if (const json::Array* array = value.array()) {
      for (const json::Value& item : *array) {
        items.push_back({.key = static_cast<std::int64_t>(items.size()), .value = item});
      }
    } else if (const json::Object* members = value.object()) {
      for (const json::Member& member : *members) {
        items.push_back({.key = member.key, .value = member.value});
      }
      std::ranges::sort(
          items, [](const Item& a, const Item& b) { return *a.key.string() < *b.key.string(); });
    } else if (!value.is_null()) {
      return fail_at(column, format("range over a {}", value.kind()));
    }
    return items;
  }

  Result<Flow> range(const Node& node, const json::Value& dot) {
    const std::size_t scope = variables_.size();
    Pipeline source = node.pipeline;
    source.variables.clear();
    const std::vector<Item> items = TRY(items_of(TRY(pipeline(source, dot)), node.pipeline.column));
    if (items.empty()) return body(node.otherwise, dot);
    for (const Item& item : items) {
      const auto& names = node.pipeline.variables;
      if (names.size() == 2) TRY(set(node.pipeline, names[0], item.key));
      if (!names.empty()) TRY(set(node.pipeline, names.back(), item.value));
      const Flow flow = TRY(body(node.body, item.value));
      if (node.pipeline.declares) variables_.resize(scope);
      if (flow == Flow::Break) break;
    }
    return Flow::On;
  }

  Result<void> set(const Pipeline& pipeline, const std::string& name, json::Value value) {
    if (pipeline.declares) {
      variables_.push_back({.name = name, .value = std::move(value)});
      return {};
    }
    for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable) {
      if (variable->name != name) continue;
      variable->value = std::move(value);
      return {};
    }
    return fail_at(pipeline.column, format("there is no variable {}", quoted(name)));
  }

  Result<json::Value> pipeline(const Pipeline& pipeline, const json::Value& dot) {
    json::Value value;
    bool first = true;
    for (const Command& command : pipeline.commands) {
      value = TRY(this->command(command, dot, first ? nullptr : &value));
      first = false;
    }
    if (pipeline.variables.size() > 1) {
      return fail_at(pipeline.column, "two variables are set by one value");
    }
    if (!pipeline.variables.empty()) TRY(set(pipeline, pipeline.variables.front(), value));
    return value;
  }

  Result<json::Value> command(const Command& command,
                              const json::Value& dot,
                              const json::Value* piped) {
    const Term& head = command.front();
    if (head.kind != Term::Kind::Function) {
      if (command.size() > 1 || piped != nullptr) {
        return fail_at(head.column, "arguments are given to what is no function");
      }
      return term(head, dot);
    }
    if (head.name == "and" || head.name == "or") return short_circuit(command, dot, piped);
    std::vector<json::Value> arguments;
    for (std::size_t i = 1; i < command.size(); ++i) {
      arguments.push_back(TRY(term(command[i], dot)));
    }
    if (piped != nullptr) arguments.push_back(*piped);
    return call_function(head.name, head.column, arguments);
  }

  // The first argument that decides; those behind it are not looked at.
  Result<json::Value> short_circuit(const Command& command,
                                    const json::Value& dot,
                                    const json::Value* piped) {
    const Term& head = command.front();
    const bool ends_at = head.name == "or";
    json::Value value;
    for (std::size_t i = 1; i < command.size(); ++i) {
      value = TRY(term(command[i], dot));
      if (is_true(value) == ends_at) return value;
    }
    if (piped != nullptr) return *piped;
    if (command.size() > 1) return value;
    return fail_at(head.column, format("{} needs an argument", head.name));
  }

  Result<json::Value> term(const Term& term, const json::Value& dot) {
    json::Value value;
    switch (term.kind) {
      case Term::Kind::Literal: return term.literal;
      case Term::Kind::Function: return call_function(term.name, term.column, {});
      case Term::Kind::Pipeline: value = TRY(pipeline(term.inner.front(), dot)); break;
      case Term::Kind::Variable: value = TRY(variable(term)); break;
      case Term::Kind::Dot:
        // Without a copy of all that dot is.
        if (term.fields.empty()) return dot;
        value = TRY(field_of(dot, term.fields.front(), term.column));
        for (std::size_t i = 1; i < term.fields.size(); ++i) {
          value = TRY(field_of(value, term.fields[i], term.column));
        }
        return value;
    }
    for (const std::string& name : term.fields) value = TRY(field_of(value, name, term.column));
    return value;
  }

  Result<json::Value> variable(const Term& term) {
    const auto found = std::find_if(variables_.rbegin(), variables_.rend(), [&](const Variable& v) {
      return v.name == term.name;
    });
    if (found != variables_.rend()) return found->value;
    return fail_at(term.column, format("there is no variable {}", quoted(term.name)));
  }
};

}  // namespace
}  // namespace go_template

Result<Template> Template::parse(std::string_view text) {
  return Template(std::make_shared<const go_template::Body>(TRY(go_template::parse(text))));
}

Result<std::string> Template::run(const json::Value& value) const {
  go_template::Run run(value);
  TRY(run.body(*body_, value));
  return std::move(run.output);
}

}  // namespace isle::cli
