// isle completion bash|zsh|fish, and what its scripts ask: isle __complete WORD...
#include "cli/completion.h"

#include <algorithm>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/completion_scripts.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Flag;

using Words = std::vector<std::string_view>;

std::vector<Candidate> matching(std::vector<Candidate> candidates, std::string_view begun) {
  std::erase_if(candidates, [begun](const Candidate& one) { return !one.word.starts_with(begun); });
  return candidates;
}

// Those that have a help text: others are isle's own.
std::vector<Candidate> command_names(std::span<const Command> list) {
  std::vector<Candidate> candidates;
  for (const Command& command : list) {
    if (command.help == nullptr) continue;
    const std::string_view name = command.name;
    candidates.push_back(
        {.word = std::string(name.substr(name.rfind(' ') + 1)), .about = command.help});
  }
  return candidates;
}

const Group* find_group(std::string_view name) {
  for (const Group* group : groups()) {
    if (name == group->name) return group;
  }
  return nullptr;
}

const Flag* find_flag(const std::vector<Flag>& flags, std::string_view word) {
  const std::string_view name = cut(word, '=').before;
  for (const Flag& flag : flags) {
    if (word.starts_with("--") ? name.substr(2) == flag.name
                               : word.size() == 2 && word[1] == flag.letter) {
      return &flag;
    }
  }
  return nullptr;
}

// The flag that takes the word behind `word` as its value.
const Flag* flag_that_waits(const std::vector<Flag>& flags, std::string_view word) {
  if (word.size() < 2 || word[0] != '-' || word.find('=') != std::string_view::npos) return nullptr;
  // "-it": the last letter may wait.
  std::string last(word);
  if (!word.starts_with("--")) last = {'-', word.back()};
  const Flag* flag = find_flag(flags, last);
  return flag != nullptr && flag->arity == Arity::Value ? flag : nullptr;
}

std::vector<Candidate> flag_names(const std::vector<Flag>& flags) {
  std::vector<Candidate> candidates;
  for (const Flag& flag : flags) {
    if (flag.help == nullptr) continue;
    candidates.push_back({.word = format("--{}", flag.name), .about = flag.help});
  }
  candidates.push_back({.word = "--help", .about = "Explain the command"});
  return candidates;
}

// What stands for the operands in a synopsis: "[FLAGS] IMAGE [COMMAND [ARGUMENT...]]" is IMAGE,
// COMMAND, ARGUMENT....
std::vector<std::string> operand_names(std::string_view synopsis) {
  std::vector<std::string> names;
  for (const std::string_view part : split(synopsis, ' ')) {
    std::string word;
    for (const char c : part) {
      if (c != '[' && c != ']') word += c;
    }
    const bool is_flag = word.starts_with('-') || part == "[FLAGS]";
    if (word.empty() || is_flag || word.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 0) continue;
    // "[-t SECONDS]": a value of a flag.
    if (part.ends_with(']') && !part.starts_with('[') && names.empty()) continue;
    names.push_back(std::move(word));
  }
  return names;
}

std::vector<Candidate> operands_for(const Command& command, std::size_t index) {
  const std::vector<std::string> names = operand_names(command.synopsis);
  if (names.empty()) return {};
  const bool repeats = names.back().ends_with("...");
  if (index >= names.size() && !repeats) return {};
  return names_for(command.name, names[std::min(index, names.size() - 1)]);
}

// `words` are those behind the command's name.
std::vector<Candidate> in_command(const Command& command, const Words& words) {
  const std::vector<Flag> flags = flags_of_command(command);
  const std::string_view begun = words.back();
  const Flag* waits = nullptr;
  std::size_t operands = 0;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (waits != nullptr) {
      waits = nullptr;
      continue;
    }
    waits = flag_that_waits(flags, words[i]);
    if (waits != nullptr || (words[i].starts_with('-') && words[i].size() > 1)) continue;
    if (++operands == 1 && runs_another(command)) return {};
  }
  if (waits != nullptr) return matching(values_for(command.name, *waits), begun);
  const Cut parts = cut(begun, '=');
  if (begun.starts_with("--") && parts.found) {
    const Flag* flag = find_flag(flags, begun);
    if (flag == nullptr) return {};
    auto values = matching(values_for(command.name, *flag), parts.after);
    for (Candidate& one : values) one.word = format("{}={}", parts.before, one.word);
    return values;
  }
  if (begun.starts_with('-')) return matching(flag_names(flags), begun);
  return matching(operands_for(command, operands), begun);
}

int print_candidates(const Words& words) {
  std::string text;
  for (const Candidate& one : candidates_for(words)) {
    text.append(one.word).append("\t").append(one.about).append("\n");
  }
  print(text);
  return 0;
}

}  // namespace

std::vector<Candidate> candidates_for(const Words& words) {
  if (words.empty()) return {};
  if (words.size() == 1 || words[0] == "help") {
    return words.size() > 2 ? std::vector<Candidate>()
                            : matching(command_names(commands()), words.back());
  }
  const Words rest(words.begin() + 1, words.end());
  if (const Group* group = find_group(words[0])) {
    if (rest.size() == 1) return matching(command_names(group->commands), rest[0]);
    const Command* command = find_command(format("{} {}", words[0], rest[0]));
    if (command == nullptr) return {};
    return in_command(*command, Words(rest.begin() + 1, rest.end()));
  }
  const Command* command = find_command(words[0]);
  if (command == nullptr) return {};
  if (std::string_view(command->name) == "completion") {
    return matching({{"bash", ""}, {"fish", ""}, {"zsh", ""}}, words.back());
  }
  return in_command(*command, rest);
}

int complete_command(Arguments arguments) {
  return print_candidates(Words(arguments.begin(), arguments.end()));
}

int completion_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("completion"), {});
  const std::string_view shell = arguments.size() == 1 ? arguments[0] : "";
  for (const CompletionScript& script : completion_scripts()) {
    if (shell != script.shell) continue;
    print(script.text);
    return 0;
  }
  return complain({.kind = ErrorKind::InvalidArgument,
                   .message = "completion: there is one for bash, fish and zsh",
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = "such as: isle completion bash >/etc/bash_completion.d/isle"});
}

}  // namespace isle::cli
