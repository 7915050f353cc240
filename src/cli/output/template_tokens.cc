#include "cli/output/template_tokens.h"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/strings.h"
#include "cli/output/template_tree.h"

namespace isle::cli::go_template {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name(char c) { return is_letter(c) || is_digit(c); }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    while (at_ < text_.size()) {
      const std::size_t open = std::min(text_.find("{{", at_), text_.size());
      std::string_view words = text_.substr(at_, open - at_);
      const bool trims =
          open + 3 < text_.size() && text_[open + 2] == '-' && is_space(text_[open + 3]);
      if (trims) {
        while (!words.empty() && is_space(words.back())) words.remove_suffix(1);
      }
      add_text(words);
      if (open == text_.size()) break;
      start_ = open;
      at_ = open + (trims ? 3 : 2);
      TRY(action());
    }
    return std::move(tokens_);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0, start_ = 0;
  std::vector<Token> tokens_;

  void add(Token::Kind kind, std::size_t from, std::string text, json::Value literal = {}) {
    const bool after_space = from > 0 && is_space(text_[from - 1]);
    tokens_.push_back({.kind = kind,
                       .column = from + 1,
                       .text = std::move(text),
                       .literal = std::move(literal),
                       .after_space = after_space});
  }

  void add_text(std::string_view words) {
    std::string plain;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const char next = i + 1 < words.size() ? words[i + 1] : '\0';
      const bool escape = words[i] == '\\' && (next == 't' || next == 'n');
      plain += !escape ? words[i] : next == 't' ? '\t' : '\n';
      if (escape) ++i;
    }
    if (!plain.empty()) add(Token::Kind::Text, at_, std::move(plain));
  }

  char peek(std::size_t further = 0) const {
    return at_ + further < text_.size() ? text_[at_ + further] : '\0';
  }
  std::string_view rest() const { return text_.substr(at_); }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  // The end of the action, if it is here.
  bool close() {
    const bool trims = rest().starts_with("-}}") && at_ > 0 && is_space(text_[at_ - 1]);
    if (!trims && !rest().starts_with("}}")) return false;
    add(Token::Kind::Close, at_, "}}");
    at_ += trims ? 3 : 2;
    if (trims) skip_space();
    return true;
  }

  Result<void> action() {
    skip_space();
    if (rest().starts_with("/*")) return comment();
    add(Token::Kind::Open, start_, "{{");
    for (;;) {
      skip_space();
      if (at_ >= text_.size()) return fail_at(start_ + 1, "the action {{ is not closed by }}");
      if (close()) return {};
      TRY(token());
    }
  }

  Result<void> comment() {
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos)
      return fail_at(start_ + 1, "the comment is not closed by */");
    at_ = end + 2;
    skip_space();
    if (!close()) return fail_at(at_ + 1, "}} has to follow the end of a comment");
    tokens_.pop_back();  // nothing stands for it
    return {};
  }

  Result<void> token() {
    const char c = peek();
    const std::size_t from = at_;
    if (c == '"') return quoted_text();
    if (c == '`') return raw_text();
    if (c == '\'') return fail_at(from + 1, "character constants are not supported: write \"...\"");
    if (is_digit(c) || ((c == '-' || c == '+') && is_digit(peek(1)))) return number();
    if (c == '.') {
      ++at_;
      add(Token::Kind::Field, from, name());
    } else if (c == '$') {
      ++at_;
      add(Token::Kind::Variable, from, "$" + name());
    } else if (is_letter(c)) {
      word(from);
    } else if (rest().starts_with(":=")) {
      at_ += 2;
      add(Token::Kind::Mark, from, ":=");
    } else if (c == '|' || c == '(' || c == ')' || c == ',' || c == '=') {
      ++at_;
      add(Token::Kind::Mark, from, std::string(1, c));
    } else {
      return fail_at(from + 1, format("{} is not understood", quoted(text_.substr(from, 1))));
    }
    return {};
  }

  std::string name() {
    const std::size_t from = at_;
    while (is_name(peek())) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  void word(std::size_t from) {
    std::string text = name();
    if (text == "true" || text == "false") {
      add(Token::Kind::Literal, from, text, json::Value(text == "true"));
    } else if (text == "nil") {
      add(Token::Kind::Literal, from, text);
    } else {
      add(Token::Kind::Word, from, std::move(text));
    }
  }

  Result<void> number() {
    const std::size_t from = at_;
    const bool negative = peek() == '-';
    if (peek() == '-' || peek() == '+') ++at_;
    const std::size_t digits = at_;
    while (is_name(peek()) || peek() == '.') ++at_;
    const std::string text(text_.substr(digits, at_ - digits));
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    const Result<unsigned long long> whole =
        hex ? parse_uint(text.substr(2), "number", 16) : parse_uint(text, "number");
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    if (whole && *whole <= static_cast<unsigned long long>(kMost)) {
      const auto value = static_cast<std::int64_t>(*whole);
      add(Token::Kind::Literal, from, text, json::Value(negative ? -value : value));
      return {};
    }
    char* end = nullptr;
    const double real = std::strtod(text.c_str(), &end);
    if (end == nullptr || *end != '\0') {
      return fail_at(from + 1, format("{} is no number", quoted(text)));
    }
    add(Token::Kind::Literal, from, text, json::Value(negative ? -real : real));
    return {};
  }

  Result<void> raw_text() {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) return fail_at(at_ + 1, "the text is not closed by `");
    const std::string text(text_.substr(at_ + 1, end - at_ - 1));
    add(Token::Kind::Literal, at_, text, json::Value(text));
    at_ = end + 1;
    return {};
  }

  Result<void> quoted_text() {
    const std::size_t from = at_++;
    std::string text;
    while (peek() != '"') {
      if (at_ >= text_.size() || peek() == '\n') {
        return fail_at(from + 1, "the text is not closed by \"");
      }
      if (peek() == '\\') {
        ++at_;
        text += TRY(escaped());
      } else {
        text += peek();
      }
      ++at_;
    }
    ++at_;
    add(Token::Kind::Literal, from, text, json::Value(text));
    return {};
  }

  Result<char> escaped() const {
    constexpr std::string_view kLetters = "ntr\\\"'ab";
    constexpr std::string_view kMeanings = "\n\t\r\\\"'\a\b";
    const std::size_t place = kLetters.find(peek());
    if (place != std::string_view::npos && at_ < text_.size()) return kMeanings[place];
    return fail_at(at_, format("the escape {} is not known", quoted(text_.substr(at_ - 1, 2))));
  }
};

}  // namespace

Result<std::vector<Token>> split_template(std::string_view text) { return Splitter(text).run(); }

}  // namespace isle::cli::go_template
