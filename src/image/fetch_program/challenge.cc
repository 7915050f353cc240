#include "image/fetch_program/challenge.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::image {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_token_character(char c) {
  return is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}
bool is_token68_character(char c) {
  return is_alphanumeric(c) || std::string_view("-._~+/").contains(c);
}

class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is(char c) const { return rest_.starts_with(c); }
  void skip_any_of(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }
  bool take(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  template <typename Of>
  std::string_view take_while(Of is_of) {
    const auto end = std::ranges::find_if_not(rest_, is_of);
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // Behind the opening quote; an end that is missing is the end of the text.
  std::string take_quoted() {
    std::string text;
    while (!at_end() && !take('"')) {
      take('\\');
      if (at_end()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return text;
  }
  // "Negotiate YWJj==": one word instead of parameters, up to a comma or the end.
  void skip_token68() {
    Cursor ahead = *this;
    if (ahead.take_while(is_token68_character).empty()) return;
    ahead.skip_any_of("=");
    ahead.skip_any_of(" \t");
    if (ahead.at_end() || ahead.next_is(',')) *this = ahead;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Cursor cursor(header);
  for (;;) {
    cursor.skip_any_of(" \t,");
    const std::string_view name = cursor.take_while(is_token_character);
    if (name.empty()) return challenges;
    cursor.skip_any_of(" \t");
    if (!cursor.take('=')) {
      challenges.push_back({.scheme = lower(name), .parameters = {}});
      cursor.skip_token68();
      continue;
    }
    cursor.skip_any_of(" \t");
    std::string value = cursor.take('"') ? cursor.take_quoted()
                                         : std::string(cursor.take_while(is_token_character));
    if (challenges.empty()) return challenges;  // a parameter of nothing
    challenges.back().parameters.emplace(lower(name), std::move(value));
  }
}

}  // namespace isle::image
