// What a template may call: Go's own functions, and those docker and podman add.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/strings.h"
#include "cli/output/template_tree.h"

namespace isle::cli::go_template {
namespace {

using Values = std::vector<json::Value>;

struct Call {
  std::string_view name;
  std::size_t column;
  const Values& arguments;

  std::unexpected<Error> refuse(std::string_view why) const {
    return fail_at(column, format("{}: {}", name, why));
  }
  Result<std::string> text(std::size_t index) const {
    if (const std::string* found = arguments[index].string()) return *found;
    if (arguments[index].is_null()) return std::string();
    return refuse(format("argument {} is a {}, no text", index + 1, arguments[index].kind()));
  }
  Result<std::int64_t> whole(std::size_t index) const {
    if (const std::int64_t* found = arguments[index].integer()) return *found;
    return refuse(format("argument {} is no whole number", index + 1));
  }
};

Result<json::Value> to_json(const Call& call) { return json::write(call.arguments[0]); }

Result<json::Value> joined(const Call& call) {
  std::vector<std::string> parts;
  if (const json::Array* array = call.arguments[0].array()) {
    for (const json::Value& item : *array) parts.push_back(words_of(item));
  } else if (!call.arguments[0].is_null()) {
    return call.refuse("its first argument is no list");
  }
  return json::Value(join(parts, TRY(call.text(1))));
}

Result<json::Value> split_up(const Call& call) {
  const std::string text = TRY(call.text(0));
  const std::string separator = TRY(call.text(1));
  json::Value parts(json::Array{});
  if (separator.empty()) return call.refuse("the separator is empty");
  std::size_t from = 0;
  for (;;) {
    const std::size_t end = text.find(separator, from);
    parts.push_back(text.substr(from, end - from));
    if (end == std::string::npos) return parts;
    from = end + separator.size();
  }
}

Result<json::Value> lower_case(const Call& call) { return json::Value(lower(TRY(call.text(0)))); }

Result<json::Value> upper_case(const Call& call) {
  std::string text = TRY(call.text(0));
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return json::Value(std::move(text));
}

// The first letter of each word.
Result<json::Value> title_case(const Call& call) {
  std::string text = TRY(call.text(0));
  bool begins = true;
  for (char& c : text) {
    if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    begins = c == ' ' || c == '\t' || c == '\n' || c == '-';
  }
  return json::Value(std::move(text));
}

constexpr std::int64_t kMostPadding = 4096;

Result<json::Value> padded(const Call& call) {
  const std::string text = TRY(call.text(0));
  const std::int64_t before = TRY(call.whole(1));
  const std::int64_t after = TRY(call.whole(2));
  if (text.empty()) return json::Value(text);
  if (before < 0 || after < 0 || before > kMostPadding || after > kMostPadding) {
    return call.refuse("the padding is out of range");
  }
  return json::Value(std::string(static_cast<std::size_t>(before), ' ') + text +
                     std::string(static_cast<std::size_t>(after), ' '));
}

Result<json::Value> truncated(const Call& call) {
  const std::string text = TRY(call.text(0));
  const std::int64_t most = TRY(call.whole(1));
  return json::Value(text.substr(0, static_cast<std::size_t>(std::max<std::int64_t>(most, 0))));
}

Result<json::Value> length(const Call& call) {
  const json::Value& value = call.arguments[0];
  std::size_t count = 0;
  if (value.string() != nullptr) {
    count = value.string()->size();
  } else if (value.array() != nullptr) {
    count = value.array()->size();
  } else if (value.object() != nullptr) {
    count = value.object()->size();
  } else if (!value.is_null()) {
    return call.refuse(format("a {} has no length", value.kind()));
  }
  return json::Value(static_cast<std::int64_t>(count));
}

Result<json::Value> index_once(const Call& call, const json::Value& value, const json::Value& key) {
  if (value.object() != nullptr) {
    if (key.string() == nullptr) return call.refuse("the name of a member has to be a text");
    const json::Value* found = value.find(*key.string());
    return found == nullptr ? json::Value("") : *found;
  }
  if (value.is_null()) return json::Value("");
  const std::int64_t* number = key.integer();
  if (number == nullptr || value.array() == nullptr) {
    return call.refuse(format("a {} cannot be indexed by a {}", value.kind(), key.kind()));
  }
  if (*number < 0 || *number >= std::ssize(*value.array())) {
    return call.refuse(format("{} is out of range, there are {}", *number, value.array()->size()));
  }
  return (*value.array())[static_cast<std::size_t>(*number)];
}

Result<json::Value> indexed(const Call& call) {
  json::Value value = call.arguments[0];
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    value = TRY(index_once(call, value, call.arguments[i]));
  }
  return value;
}

Result<json::Value> sliced(const Call& call) {
  const json::Value& value = call.arguments[0];
  const bool is_text = value.string() != nullptr;
  if (!is_text && value.array() == nullptr) {
    return call.refuse(format("a {} cannot be sliced", value.kind()));
  }
  const std::int64_t size = is_text ? std::ssize(*value.string()) : std::ssize(*value.array());
  const std::int64_t from = call.arguments.size() > 1 ? TRY(call.whole(1)) : 0;
  const std::int64_t to = call.arguments.size() > 2 ? TRY(call.whole(2)) : size;
  if (from < 0 || from > to || to > size) {
    return call.refuse(format("{} to {} is out of range, there are {}", from, to, size));
  }
  if (is_text) {
    return json::Value(value.string()->substr(static_cast<std::size_t>(from),
                                              static_cast<std::size_t>(to - from)));
  }
  return json::Value(json::Array(value.array()->begin() + from, value.array()->begin() + to));
}

// Go's Sprint puts spaces only between two that are no texts.
Result<json::Value> printed(const Call& call) {
  const bool lines = call.name == "println";
  std::string text;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const bool texts = i > 0 && (call.arguments[i].string() != nullptr ||
                                 call.arguments[i - 1].string() != nullptr);
    if (i > 0 && (lines || !texts)) text += ' ';
    text += words_of(call.arguments[i]);
  }
  return json::Value(lines ? text + "\n" : text);
}

Result<json::Value> formatted(const Call& call) {
  return json::Value(TRY(print_formatted(call.column, call.arguments)));
}

Result<json::Value> negated(const Call& call) { return json::Value(!is_true(call.arguments[0])); }

double number_of(const json::Value& value) {
  if (value.integer() != nullptr) return static_cast<double>(*value.integer());
  if (value.big_unsigned() != nullptr) return static_cast<double>(*value.big_unsigned());
  return value.number() == nullptr ? 0 : *value.number();
}

// -1, 0, 1; both have to be of one kind.
Result<int> compare(const Call& call, const json::Value& a, const json::Value& b) {
  const auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  if (a.string() != nullptr && b.string() != nullptr) return sign(*a.string(), *b.string());
  if (a.boolean() != nullptr && b.boolean() != nullptr) return sign(*a.boolean(), *b.boolean());
  if (a.integer() != nullptr && b.integer() != nullptr) return sign(*a.integer(), *b.integer());
  if (a.kind() == "number" && b.kind() == "number") return sign(number_of(a), number_of(b));
  // What is absent is unequal to all that is there.
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null() ? 0 : -1;
  return call.refuse(format("a {} cannot be compared with a {}", a.kind(), b.kind()));
}

Result<json::Value> equal_to_any(const Call& call) {
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    if (TRY(compare(call, call.arguments[0], call.arguments[i])) == 0) return json::Value(true);
  }
  return json::Value(false);
}

Result<json::Value> ordered(const Call& call) {
  const int order = TRY(compare(call, call.arguments[0], call.arguments[1]));
  if (call.name == "ne") return json::Value(order != 0);
  if (call.name == "lt") return json::Value(order < 0);
  if (call.name == "le") return json::Value(order <= 0);
  if (call.name == "gt") return json::Value(order > 0);
  return json::Value(order >= 0);
}

constexpr std::size_t kAny = 1000;

struct Function {
  std::string_view name;
  std::size_t least, most;  // arguments
  Result<json::Value> (*run)(const Call&);
};

constexpr std::array kFunctions = {
    Function{"json", 1, 1, to_json},       Function{"join", 2, 2, joined},
    Function{"split", 2, 2, split_up},     Function{"lower", 1, 1, lower_case},
    Function{"upper", 1, 1, upper_case},   Function{"title", 1, 1, title_case},
    Function{"pad", 3, 3, padded},         Function{"truncate", 2, 2, truncated},
    Function{"len", 1, 1, length},         Function{"index", 1, kAny, indexed},
    Function{"slice", 1, 3, sliced},       Function{"print", 0, kAny, printed},
    Function{"println", 0, kAny, printed}, Function{"printf", 1, kAny, formatted},
    Function{"not", 1, 1, negated},        Function{"eq", 2, kAny, equal_to_any},
    Function{"ne", 2, 2, ordered},         Function{"lt", 2, 2, ordered},
    Function{"le", 2, 2, ordered},         Function{"gt", 2, 2, ordered},
    Function{"ge", 2, 2, ordered},
};

const Function* find_function(std::string_view name) {
  const auto* found = std::ranges::find(kFunctions, name, &Function::name);
  return found == kFunctions.end() ? nullptr : found;
}

}  // namespace

bool is_function(std::string_view name) {
  return name == "and" || name == "or" || find_function(name) != nullptr;
}

Result<json::Value> call_function(std::string_view name,
                                  std::size_t column,
                                  const std::vector<json::Value>& arguments) {
  const Function* function = find_function(name);
  const Call call{.name = name, .column = column, .arguments = arguments};
  if (function == nullptr) return call.refuse("needs an argument");
  if (arguments.size() >= function->least && arguments.size() <= function->most) {
    return function->run(call);
  }
  const std::size_t limit = arguments.size() < function->least ? function->least : function->most;
  return call.refuse(format("{} arguments are given, {} {} needed",
                            arguments.size(),
                            arguments.size() < limit ? "at least" : "at most",
                            limit));
}

bool is_true(const json::Value& value) {
  if (value.is_null()) return false;
  if (value.boolean() != nullptr) return *value.boolean();
  if (value.string() != nullptr) return !value.string()->empty();
  if (value.array() != nullptr) return !value.array()->empty();
  if (value.object() != nullptr) return !value.object()->empty();
  return number_of(value) != 0;
}

}  // namespace isle::cli::go_template
