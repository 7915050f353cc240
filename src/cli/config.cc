#include "cli/config.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

constexpr std::size_t kLargest = 1 << 20;
constexpr std::string_view kEnvironment = "environment";

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value == nullptr ? std::string() : std::string(value);
}

// "" for a file that is not wanted.
std::vector<std::string> files() {
  if (std::getenv("ISLE_CONFIG") != nullptr) return {variable("ISLE_CONFIG")};  // NOLINT
  std::string home = variable("XDG_CONFIG_HOME");
  if (home.empty() && !variable("HOME").empty()) home = variable("HOME") + "/.config";
  std::vector<std::string> files = {"/etc/isle/isle.conf"};
  if (!home.empty()) files.push_back(home + "/isle/isle.conf");
  return files;
}

const Command* named_command(std::string_view section) {
  const auto is_group = [section](const Group* group) { return section == group->name; };
  if (std::ranges::any_of(groups(), is_group)) return nullptr;
  const Command* command = find_command(section);
  return command != nullptr && command->help != nullptr ? command : nullptr;
}

// "container run" has what "run" has.
std::string_view section_of(const Command& command) {
  std::string_view name = command.name;
  constexpr std::string_view kGroup = "container ";
  if (name.starts_with(kGroup) && find_command(name.substr(kGroup.size())) != nullptr) {
    name.remove_prefix(kGroup.size());
  }
  return name;
}

Result<void> check_section(const ConfiguredFlag& flag) {
  if (flag.section == kEnvironment) {
    if (flag.key.starts_with("ISLE_") && flag.values.size() == 1) return {};
    return fail(
        ErrorKind::InvalidArgument,
        format("{}: [environment] takes variables ISLE_..., not {}", flag.place, quoted(flag.key)));
  }
  if (named_command(flag.section) != nullptr) return {};
  return fail(ErrorKind::InvalidArgument,
              format("{}: there is no command {}", flag.place, quoted(flag.section)),
              "a section is a command, such as [run] or [volume create], or [environment]");
}

// A later file wins, key by key.
void put(std::vector<ConfiguredFlag>& flags, ConfiguredFlag flag) {
  const auto same = std::ranges::find_if(flags, [&flag](const ConfiguredFlag& one) {
    return one.section == flag.section && one.key == flag.key;
  });
  if (same == flags.end()) {
    flags.push_back(std::move(flag));
  } else {
    *same = std::move(flag);
  }
}

Result<const options::Flag*> flag_of(const std::vector<options::Flag>& flags,
                                     const ConfiguredFlag& configured) {
  std::vector<std::string_view> names;
  names.reserve(flags.size());
  for (const options::Flag& flag : flags) {
    if (configured.key == flag.name) return &flag;
    names.emplace_back(flag.name);
  }
  const std::string_view near = options::nearest(configured.key, names);
  return fail(
      ErrorKind::InvalidArgument,
      format("{}: {} has no flag --{}", configured.place, configured.section, configured.key),
      near.empty() ? format("isle {} --help lists them", configured.section)
                   : format("did you mean {}?", near));
}

Result<std::vector<std::string>> words_for(const Command& command,
                                           const std::vector<ConfiguredFlag>& configured,
                                           Arguments arguments) {
  const std::vector<options::Flag> flags = flags_of_command(command);
  const auto operands =
      runs_another(command) ? options::Operands::EndsFlags : options::Operands::Mixed;
  const auto line = options::parse_command_line(flags, arguments, operands);
  std::vector<std::string> words;
  // What is wrong with the line the command itself says.
  if (!line) return words;
  for (const ConfiguredFlag& one : configured) {
    if (one.section != section_of(command)) continue;
    const options::Flag* flag = TRY(flag_of(flags, one));
    const bool typed = std::ranges::any_of(line->flags, [&](const options::GivenFlag& given) {
      return std::string_view(flags[given.index].name) == flag->name;
    });
    if (typed) continue;
    for (const std::string& value : one.values) {
      words.push_back(format("--{}={}", flag->name, value));
    }
  }
  return words;
}

Result<void> set_environment(const std::vector<ConfiguredFlag>& configured) {
  for (const ConfiguredFlag& one : configured) {
    if (one.section != kEnvironment) continue;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    if (setenv(one.key.c_str(), one.values.front().c_str(), 0) != 0) {
      return fail_call(errno, format("setenv({})", one.key));
    }
  }
  return {};
}

Result<std::vector<std::string>> configured_words(const Command& command, Arguments arguments) {
  const std::vector<ConfiguredFlag> configured = TRY(read_config());
  TRY(set_environment(configured));
  const bool any = std::ranges::any_of(configured, [&command](const ConfiguredFlag& one) {
    return one.section == section_of(command);
  });
  if (!any || wants_help(arguments)) return std::vector<std::string>();
  return words_for(command, configured, arguments);
}

}  // namespace

Result<std::vector<ConfiguredFlag>> read_config() {
  std::vector<ConfiguredFlag> flags;
  for (const std::string& file : files()) {
    if (file.empty()) continue;
    const kernel::UniqueFd opened = TRY(kernel::open_if_exists(HostPath(file), O_RDONLY));
    if (!opened && std::getenv("ISLE_CONFIG") == nullptr) continue;  // NOLINT
    if (!opened)
      return fail(ErrorKind::NotFound, format("ISLE_CONFIG: there is no {}", quoted(file)));
    const std::string text =
        TRY_STEP(kernel::read_all(opened.get(), kLargest), format("read {}", quoted(file)));
    for (ConfiguredFlag& flag : TRY(parse_config(text, file))) {
      TRY(check_section(flag));
      put(flags, std::move(flag));
    }
  }
  return flags;
}

int run_configured(const Command& command, Arguments arguments) {
  // isle's own calls of itself go by what they are told.
  if (command.help == nullptr) return command.run(arguments);
  const auto words = configured_words(command, arguments);
  if (!words) return complain(words.error());
  if (words->empty()) return command.run(arguments);
  std::vector<const char*> all;
  all.reserve(words->size() + arguments.size());
  for (const std::string& word : *words) all.push_back(word.c_str());
  all.insert(all.end(), arguments.begin(), arguments.end());
  return command.run(all);
}

}  // namespace isle::cli
