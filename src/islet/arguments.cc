#include "islet/arguments.h"

#include <climits>
#include <ranges>

#include "base/strings.h"

namespace isle::islet {

class ArgumentParser {
 public:
  ArgumentParser(std::span<const Option> options, std::span<char* const> line, Order order)
      : options_(options), line_(line), order_(order) {}

  Result<Arguments> run() && {
    while (next_ < line_.size()) {
      const std::string_view word = line_[next_++];
      if (word == "--") {
        take_rest();
      } else if (word.size() < 2 || word[0] != '-') {
        out_.words_.emplace_back(word);
        if (order_ == Order::InFront) take_rest();
      } else {
        TRY(take_option(word));
      }
    }
    return std::move(out_);
  }

 private:
  std::span<const Option> options_;
  std::span<char* const> line_;
  Order order_;
  std::size_t next_ = 0;
  Arguments out_;

  void take_rest() {
    while (next_ < line_.size()) out_.words_.emplace_back(line_[next_++]);
  }

  const Option* find(std::string_view name) const {
    for (const Option& option : options_) {
      if (option.name == name) return &option;
    }
    return nullptr;
  }
  const Option* find(char letter) const {
    for (const Option& option : options_) {
      if (option.letter == letter) return &option;
    }
    return nullptr;
  }

  Result<void> take_option(std::string_view word) {
    const Cut parts = cut(word, '=');
    const std::string_view name = parts.before.substr(word.starts_with("--") ? 2 : 1);
    if (const Option* option = find(name); option != nullptr) {
      return take(*option, word, parts.found ? std::optional(parts.after) : std::nullopt);
    }
    if (!word.starts_with("--")) return take_letters(word);
    return unknown(parts.before);
  }

  // -tu 1000, -tu1000: the first that takes a value takes what is left.
  Result<void> take_letters(std::string_view word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Option* option = find(word[i]);
      if (option == nullptr) return unknown(word.size() == 2 ? word : format("-{}", word[i]));
      if (option->value.empty()) {
        TRY(take(*option, word, std::nullopt));
        continue;
      }
      std::string_view rest = word.substr(i + 1);
      if (rest.starts_with('=')) rest.remove_prefix(1);
      return take(*option, word, rest.empty() ? std::nullopt : std::optional(rest));
    }
    return {};
  }

  Result<void> take(const Option& option,
                    std::string_view word,
                    std::optional<std::string_view> value) {
    const bool is_off = option.value.empty() && value && *value == "false";
    if (!option.refused.empty() && !is_off) {
      return fail(ErrorKind::Unsupported,
                  format("option --{} is not supported", option.name),
                  std::string(option.refused));
    }
    if (option.value.empty()) {
      if (value && *value != "true" && *value != "false") {
        return fail(ErrorKind::InvalidArgument,
                    format("option {} is a switch: true or false", quoted(word)));
      }
    } else if (!value) {
      if (next_ == line_.size()) {
        return fail(ErrorKind::InvalidArgument,
                    format("option --{} needs a value: {}", option.name, option.value));
      }
      value = line_[next_++];
    }
    out_.given_.push_back({.name = option.name, .value = std::string(value.value_or("true"))});
    return {};
  }

  static Result<void> unknown(std::string_view word) {
    return fail(ErrorKind::InvalidArgument,
                format("unknown option {}", quoted(word)),
                "--help lists the options");
  }
};

Result<Arguments> Arguments::parse(std::span<const Option> options,
                                   std::span<char* const> line,
                                   Order order) {
  return ArgumentParser(options, line, order).run();
}

std::optional<std::string> Arguments::text(std::string_view name) const {
  for (const Given& given : given_ | std::views::reverse) {
    if (given.name == name) return given.value;
  }
  return std::nullopt;
}

bool Arguments::on(std::string_view name) const { return text(name) == "true"; }

std::vector<std::string> Arguments::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const Given& given : given_) {
    if (given.name == name) values.push_back(given.value);
  }
  return values;
}

Result<unsigned> Arguments::number(std::string_view name) const {
  const std::optional<std::string> value = text(name);
  if (!value) return 0U;
  const unsigned long long number = TRY(parse_uint(*value, format("--{}", name)));
  if (number > INT_MAX) {
    return fail(ErrorKind::InvalidArgument, format("--{} {} is too large", name, quoted(*value)));
  }
  return static_cast<unsigned>(number);
}

}  // namespace isle::islet
