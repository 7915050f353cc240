// How values look: Go's %v, and its printf.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/strings.h"
#include "cli/output/template_tree.h"

namespace isle::cli::go_template {
namespace {

constexpr unsigned kMostWidth = 4096;

// "%-12.3s": what stands between the percent sign and the letter.
struct Verb {
  bool left = false, zeros = false, plus = false, sharp = false, space = false;
  unsigned width = 0;
  int precision = -1;
  char letter = 0;
};

class Printer {
 public:
  Printer(std::size_t column, const std::vector<json::Value>& arguments)
      : column_(column), arguments_(arguments) {}

  Result<std::string> run() {
    const std::string* pattern = arguments_[0].string();
    if (pattern == nullptr) return fail_at(column_, "printf: its first argument is no text");
    pattern_ = *pattern;
    std::string text;
    while (at_ < pattern_.size()) {
      if (pattern_[at_] != '%') {
        text += pattern_[at_++];
        continue;
      }
      ++at_;
      text += TRY(verb());
    }
    if (next_ < arguments_.size()) {
      return fail_at(column_, format("printf: {} values are not used", arguments_.size() - next_));
    }
    return text;
  }

 private:
  std::size_t column_;
  const std::vector<json::Value>& arguments_;
  std::string_view pattern_;
  std::size_t at_ = 0, next_ = 1;

  char peek() const { return at_ < pattern_.size() ? pattern_[at_] : '\0'; }

  Result<unsigned> number() {
    unsigned value = 0;
    while (peek() >= '0' && peek() <= '9') {
      value = value * 10 + static_cast<unsigned>(pattern_[at_++] - '0');
      if (value > kMostWidth) return fail_at(column_, "printf: a width is too large");
    }
    return value;
  }

  Result<std::string> verb() {
    Verb verb;
    for (;; ++at_) {
      if (peek() == '-')
        verb.left = true;
      else if (peek() == '0')
        verb.zeros = true;
      else if (peek() == '+')
        verb.plus = true;
      else if (peek() == '#')
        verb.sharp = true;
      else if (peek() == ' ')
        verb.space = true;
      else
        break;
    }
    verb.width = TRY(number());
    if (peek() == '.') {
      ++at_;
      verb.precision = static_cast<int>(TRY(number()));
    }
    verb.letter = peek();
    ++at_;
    if (verb.letter == '%') return std::string("%");
    if (verb.letter == '\0') return fail_at(column_, "printf: the text ends with a lone %");
    if (next_ >= arguments_.size()) {
      return fail_at(column_, format("printf: no value is left for %{}", verb.letter));
    }
    return widened(verb, TRY(shown(verb, arguments_[next_++])));
  }

  static std::string widened(const Verb& verb, std::string text) {
    if (text.size() >= verb.width) return text;
    const std::size_t missing = verb.width - text.size();
    if (verb.left) return text + std::string(missing, ' ');
    const bool is_number =
        std::string_view("dxXobfeEgG").find(verb.letter) != std::string_view::npos;
    if (!verb.zeros || !is_number) return std::string(missing, ' ') + text;
    const bool has_sign = text.starts_with('-') || text.starts_with('+');
    return text.insert(has_sign ? 1 : 0, std::string(missing, '0'));
  }

  Result<std::string> shown(const Verb& verb, const json::Value& value) const {
    switch (verb.letter) {
      case 'v': return words_of(value);
      case 's': return cut_to(verb, words_of(value));
      case 'q': return quoted(cut_to(verb, words_of(value)));
      case 'd':
      case 'x':
      case 'X':
      case 'o':
      case 'b':
      case 'c': return whole(verb, value);
      case 'f':
      case 'e':
      case 'E':
      case 'g':
      case 'G': return real(verb, value);
      case 't':
        if (value.boolean() != nullptr) return words_of(value);
        return refuse(verb, value);
      default: return fail_at(column_, format("printf: %{} is not supported", verb.letter));
    }
  }

  static std::string cut_to(const Verb& verb, std::string text) {
    if (verb.precision >= 0)
      text.resize(std::min(text.size(), static_cast<std::size_t>(verb.precision)));
    return text;
  }

  std::unexpected<Error> refuse(const Verb& verb, const json::Value& value) const {
    return fail_at(column_, format("printf: %{} is given a {}", verb.letter, value.kind()));
  }

  Result<std::string> whole(const Verb& verb, const json::Value& value) const {
    if (value.string() != nullptr && (verb.letter == 'x' || verb.letter == 'X')) {
      std::string text;
      for (const char c : *value.string()) text += format("{:02x}", static_cast<unsigned char>(c));
      return text;
    }
    const std::int64_t* number = value.integer();
    if (number == nullptr) {
      if (value.big_unsigned() != nullptr && verb.letter == 'd') return words_of(value);
      return refuse(verb, value);
    }
    switch (verb.letter) {
      case 'x': return format("{:x}", *number);
      case 'X': return format("{:X}", *number);
      case 'o': return format("{:o}", *number);
      case 'b': return format("{:b}", *number);
      case 'c':
        if (*number > 0 && *number < 0x80) return std::string(1, static_cast<char>(*number));
        return refuse(verb, value);
      default: return verb.plus ? format("{:+d}", *number) : format("{}", *number);
    }
  }

  Result<std::string> real(const Verb& verb, const json::Value& value) const {
    double number = 0;
    if (value.number() != nullptr)
      number = *value.number();
    else if (value.integer() != nullptr)
      number = static_cast<double>(*value.integer());
    else
      return refuse(verb, value);
    const int precision = verb.precision < 0 ? 6 : verb.precision;
    switch (verb.letter) {
      case 'f': return format("{:.{}f}", number, precision);
      case 'e': return format("{:.{}e}", number, precision);
      case 'E': return format("{:.{}E}", number, precision);
      default:
        if (verb.precision >= 0) return format("{:.{}g}", number, precision);
        return format("{}", number);
    }
  }
};

}  // namespace

std::string words_of(const json::Value& value) {
  if (value.is_null()) return "<no value>";
  if (value.string() != nullptr) return *value.string();
  if (value.boolean() != nullptr) return *value.boolean() ? "true" : "false";
  std::string text;
  if (const json::Array* array = value.array()) {
    for (const json::Value& item : *array) text += (text.empty() ? "" : " ") + words_of(item);
    return "[" + text + "]";
  }
  if (const json::Object* members = value.object()) {
    std::map<std::string_view, const json::Value*> sorted;
    for (const json::Member& member : *members) sorted[member.key] = &member.value;
    for (const auto& [key, item] : sorted) {
      text += format("{}{}:{}", text.empty() ? "" : " ", key, words_of(*item));
    }
    return "map[" + text + "]";
  }
  if (value.number() != nullptr) return format("{}", *value.number());
  return json::write(value);
}

Result<std::string> print_formatted(std::size_t column, const std::vector<json::Value>& arguments) {
  return Printer(column, arguments).run();
}

}  // namespace isle::cli::go_template
