#include "options/command_line.h"

#include <algorithm>

#include "base/strings.h"
#include "options/refused.h"

namespace isle::options {
namespace {

std::string dashed(const Flag& flag) { return format("--{}", flag.name); }

// One walk over the arguments.
class Walk {
 public:
  Walk(std::span<const Flag> table, std::span<const char* const> arguments, Operands operands)
      : table_(table), arguments_(arguments), operands_(operands) {}

  Result<CommandLine> run() {
    bool only_operands = false;
    for (; at_ < arguments_.size(); ++at_) {
      const std::string_view word = arguments_[at_];
      if (only_operands || word.size() < 2 || word[0] != '-') {
        line_.operands.push_back(word);
        only_operands = only_operands || operands_ == Operands::EndsFlags;
      } else if (word == "--") {
        only_operands = true;
      } else if (word[1] == '-') {
        TRY(long_flag(word.substr(2)));
      } else {
        TRY(letters(word.substr(1)));
      }
    }
    return std::move(line_);
  }

 private:
  void give(std::size_t index, std::string_view value) {
    line_.flags.push_back({.index = index, .value = value});
  }

  Result<std::string_view> next_word(const Flag& flag) {
    if (at_ + 1 < arguments_.size()) return arguments_[++at_];
    return fail(ErrorKind::InvalidArgument,
                format("{} needs a value: {}", dashed(flag), flag.metavar));
  }

  Result<void> switch_value(std::size_t index, std::string_view text) {
    give(index, TRY(parse_bool(text, dashed(table_[index]))) ? "true" : "false");
    return {};
  }

  Result<void> long_flag(std::string_view text) {
    const Cut parts = cut(text, '=');
    for (std::size_t i = 0; i < table_.size(); ++i) {
      const Flag& flag = table_[i];
      if (parts.before != flag.name) continue;
      if (flag.arity == Arity::Switch) return switch_value(i, parts.found ? parts.after : "true");
      const bool takes_next = flag.arity == Arity::Value && !parts.found;
      give(i, takes_next ? TRY(next_word(flag)) : parts.after);
      return {};
    }
    return unknown(format("--{}", parts.before), parts.before);
  }

  // "it", "v/a:/b", "v=/a:/b".
  Result<void> letters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::size_t index = find_letter(text[i]);
      if (index == table_.size())
        return unknown(format("-{}", text.substr(i, 1)), text.substr(i, 1));
      const Flag& flag = table_[index];
      std::string_view rest = text.substr(i + 1);
      if (flag.arity == Arity::Switch) {
        if (rest.starts_with('=')) return switch_value(index, rest.substr(1));
        give(index, "true");
        continue;
      }
      if (flag.arity == Arity::Optional && !rest.starts_with('=')) {
        give(index, "");
        continue;
      }
      if (rest.starts_with('=')) rest.remove_prefix(1);
      give(index, rest.empty() ? TRY(next_word(flag)) : rest);
      return {};
    }
    return {};
  }

  std::size_t find_letter(char letter) const {
    std::size_t i = 0;
    while (i < table_.size() && table_[i].letter != letter) ++i;
    return i;
  }

  std::unexpected<Error> unknown(std::string flag, std::string_view name) const {
    const std::string_view reason = refusal_of(name);
    if (!reason.empty()) return fail(ErrorKind::Unsupported, format("{}: {}", flag, reason));
    std::vector<std::string_view> names;
    for (const Flag& row : table_) names.emplace_back(row.name);
    const std::string_view near = nearest(name, names);
    return fail(ErrorKind::InvalidArgument,
                format("unknown flag {}", quoted(flag)),
                near.empty() ? "--help lists the flags" : format("did you mean --{}?", near));
  }

  std::span<const Flag> table_;
  std::span<const char* const> arguments_;
  Operands operands_;
  std::size_t at_ = 0;
  CommandLine line_;
};

}  // namespace

Result<CommandLine> parse_command_line(std::span<const Flag> table,
                                       std::span<const char* const> arguments,
                                       Operands operands) {
  return Walk(table, arguments, operands).run();
}

Result<bool> parse_bool(std::string_view text, std::string_view flag) {
  for (std::string_view yes : {"true", "1", "t", "T", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (std::string_view no : {"false", "0", "f", "F", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return fail(ErrorKind::InvalidArgument,
              format("{} is a switch: {} is neither true nor false", flag, quoted(text)));
}

unsigned edit_distance(std::string_view a, std::string_view b) {
  std::vector<unsigned> row(b.size() + 1);
  for (unsigned j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    unsigned diagonal = row[0];
    row[0] = static_cast<unsigned>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const unsigned substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  unsigned least = static_cast<unsigned>(word.size() / 3) + 2;
  if (word.size() < 2) return best;
  for (std::string_view candidate : candidates) {
    const unsigned distance = edit_distance(word, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

}  // namespace isle::options
