// From tokens to the tree, by recursive descent.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "cli/output/template_tokens.h"
#include "cli/output/template_tree.h"

namespace isle::cli::go_template {
namespace {

using Kind = Token::Kind;
constexpr int kMaxDepth = 100;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<Body> run() {
    Body body = TRY(parse_body());
    if (at_ < tokens_.size()) {
      return fail_at(peek().column,
                     format("{{{{{}}}}} without an if, range or with before it", next_word()));
    }
    return body;
  }

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0, loops_ = 0;
  bool chained_ = false;  // an "else if" took the {{end}} of the if before it, too

  const Token& peek(std::size_t further = 0) const {
    static const Token kEnd{};
    return at_ + further < tokens_.size() ? tokens_[at_ + further] : kEnd;
  }
  // The first word of the action that begins here, else "".
  std::string_view next_word() const {
    return peek().kind == Kind::Open && peek(1).kind == Kind::Word ? std::string_view(peek(1).text)
                                                                   : std::string_view();
  }
  Result<void> close() {
    if (peek().kind == Kind::Close) {
      ++at_;
      return {};
    }
    return fail_at(peek().column, format("{} is one word too many", quoted(peek().text)));
  }

  // Up to {{end}} or {{else}}, which stay.
  Result<Body> parse_body() {
    if (++depth_ > kMaxDepth) return fail_at(peek().column, "nested too deep");
    Body body;
    while (at_ < tokens_.size()) {
      if (peek().kind == Kind::Text) {
        Node& node = body.nodes.emplace_back();
        node.text = peek().text;
        ++at_;
        continue;
      }
      const std::string_view word = next_word();
      if (word == "end" || word == "else") break;
      Node node = TRY(parse_action(word));
      body.nodes.push_back(std::move(node));
    }
    --depth_;
    return body;
  }

  Result<Node> parse_action(std::string_view word) {
    const std::size_t column = peek().column;
    if (word == "if") return parse_block(Node::Kind::If);
    if (word == "with") return parse_block(Node::Kind::With);
    if (word == "range") {
      ++loops_;
      Result<Node> node = parse_block(Node::Kind::Range);
      --loops_;
      return node;
    }
    if (word == "define" || word == "template" || word == "block") {
      return fail_at(column, format("{} is not supported", word));
    }
    Node node;
    if (word == "break" || word == "continue") {
      if (loops_ == 0) return fail_at(column, format("{} outside of a range", word));
      node.kind = word == "break" ? Node::Kind::Break : Node::Kind::Continue;
      at_ += 2;
    } else {
      ++at_;
      node.kind = Node::Kind::Output;
      node.pipeline = TRY(parse_pipeline());
    }
    TRY(close());
    return node;
  }

  Result<Node> parse_block(Node::Kind kind) {
    const std::size_t column = peek().column;
    const std::string word = peek(1).text;
    if (++depth_ > kMaxDepth) return fail_at(column, "nested too deep");
    Node node;
    node.kind = kind;
    at_ += 2;
    node.pipeline = TRY(parse_pipeline());
    TRY(close());
    node.body = TRY(parse_body());
    if (next_word() == "else") TRY(parse_else(node));
    --depth_;
    if (node.otherwise.nodes.size() == 1 && chained_) {
      chained_ = false;  // the inner if took the one {{end}} of both
      return node;
    }
    if (next_word() != "end") return fail_at(column, format("{} without its {{{{end}}}}", word));
    at_ += 2;
    TRY(close());
    return node;
  }

  Result<void> parse_else(Node& node) {
    const std::string chain = peek(2).kind == Kind::Word ? peek(2).text : "";
    if (chain == "if" || chain == "with") {
      ++at_;  // what follows "else" reads like an action of its own
      tokens_[at_].kind = Kind::Open;
      Node inner = TRY(parse_block(chain == "if" ? Node::Kind::If : Node::Kind::With));
      node.otherwise.nodes.push_back(std::move(inner));
      chained_ = true;
      return {};
    }
    at_ += 2;
    TRY(close());
    node.otherwise = TRY(parse_body());
    if (next_word() == "else") return fail_at(peek().column, "a second {{else}}");
    chained_ = false;
    return {};
  }

  Result<Pipeline> parse_pipeline() {
    if (++depth_ > kMaxDepth) return fail_at(peek().column, "nested too deep");
    Pipeline pipeline;
    pipeline.column = peek().column;
    take_variables(pipeline);
    for (;;) {
      Command command = TRY(parse_command());
      pipeline.commands.push_back(std::move(command));
      if (!peek().is(Kind::Mark, "|")) break;
      ++at_;
    }
    --depth_;
    return pipeline;
  }

  // "$i, $item :=", if that is what stands here.
  void take_variables(Pipeline& pipeline) {
    std::size_t i = 0;
    std::vector<std::string> names;
    while (peek(i).kind == Kind::Variable) {
      names.push_back(peek(i++).text);
      if (!peek(i).is(Kind::Mark, ",")) break;
      ++i;
    }
    const bool declares = peek(i).is(Kind::Mark, ":=");
    if (names.empty() || names.size() > 2 || (!declares && !peek(i).is(Kind::Mark, "="))) return;
    pipeline.variables = std::move(names);
    pipeline.declares = declares;
    at_ += i + 1;
  }

  Result<Command> parse_command() {
    Command command;
    while (starts_term()) {
      Term term = TRY(parse_term());
      command.push_back(std::move(term));
    }
    if (command.empty()) return fail_at(peek().column, "a value is missing here");
    return command;
  }

  bool starts_term() const {
    const Kind kind = peek().kind;
    return kind == Kind::Field || kind == Kind::Variable || kind == Kind::Word ||
           kind == Kind::Literal || peek().is(Kind::Mark, "(");
  }

  Result<Term> parse_term() {
    const Token token = peek();
    Term term;
    term.column = token.column;
    ++at_;
    switch (token.kind) {
      case Kind::Variable:
        term.kind = Term::Kind::Variable;
        term.name = token.text;
        break;
      case Kind::Literal:
        term.kind = Term::Kind::Literal;
        term.literal = token.literal;
        return term;
      case Kind::Word:
        if (!is_function(token.text)) {
          return fail_at(token.column, format("there is no function {}", quoted(token.text)));
        }
        term.kind = Term::Kind::Function;
        term.name = token.text;
        return term;
      case Kind::Mark: TRY(parse_parenthesis(term)); break;
      default:
        if (!token.text.empty()) term.fields.push_back(token.text);
        break;
    }
    while (peek().kind == Kind::Field && !peek().after_space && !peek().text.empty()) {
      term.fields.push_back(peek().text);
      ++at_;
    }
    return term;
  }

  Result<void> parse_parenthesis(Term& term) {
    term.kind = Term::Kind::Pipeline;
    Pipeline inner = TRY(parse_pipeline());
    if (!inner.variables.empty()) return fail_at(term.column, "a variable is set in parentheses");
    term.inner.push_back(std::move(inner));
    if (!peek().is(Kind::Mark, ")")) return fail_at(term.column, "the ( is not closed by )");
    ++at_;
    return {};
  }
};

}  // namespace

std::unexpected<Error> fail_at(std::size_t column, std::string_view message) {
  return fail(ErrorKind::InvalidArgument,
              format("--format: column {}: {}", column, message),
              "it is a Go template: see \"Formats\" in isle(1)");
}

Result<Body> parse(std::string_view text) { return Parser(TRY(split_template(text))).run(); }

}  // namespace isle::cli::go_template
