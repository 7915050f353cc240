#include "image/config_change.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/strings.h"
#include "base/times.h"

namespace isle::image {
namespace {

using Words = std::vector<std::string>;

std::unexpected<Error> wrong(std::string_view instruction, std::string_view why) {
  return fail(ErrorKind::InvalidArgument, format("{}: {}", instruction, why));
}

// "[\"a\", \"b\"]"; nullopt: it is not of that form, so the shell's is meant.
std::optional<Words> json_words(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  const Result<json::Value> value = json::parse(text);
  if (!value || value->array() == nullptr) return std::nullopt;
  Words words;
  for (const json::Value& item : *value->array()) {
    if (item.string() == nullptr) return std::nullopt;
    words.push_back(*item.string());
  }
  return words;
}

// Words as a shell has them: quotes and backslashes.
Result<Words> shell_words(std::string_view instruction, std::string_view text) {
  Words words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return wrong(instruction, "a quote is not closed");
  if (in_word) words.push_back(word);
  return words;
}

// "A=1 B=2", or "A the rest".
Result<std::vector<std::pair<std::string, std::string>>> pairs(std::string_view instruction,
                                                               std::string_view text) {
  std::vector<std::pair<std::string, std::string>> list;
  const Words words = TRY(shell_words(instruction, text));
  if (words.empty()) return wrong(instruction, "it says nothing");
  if (words.front().find('=') == std::string::npos) {
    if (words.size() < 2) return wrong(instruction, format("{} has no value", quoted(words[0])));
    const std::size_t rest = text.find_first_of(" \t");
    list.emplace_back(words.front(), trim(text.substr(rest)));
    return list;
  }
  for (const std::string& word : words) {
    const Cut parts = cut(word, '=');
    if (!parts.found || parts.before.empty()) {
      return wrong(instruction, format("{} is not of the form NAME=VALUE", quoted(word)));
    }
    list.emplace_back(parts.before, parts.after);
  }
  return list;
}

oci::Strings command_words(const oci::ImageRun& run, std::string_view text) {
  if (const auto words = json_words(text)) return *words;
  oci::Strings words = run.shell.empty() ? oci::Strings{"/bin/sh", "-c"} : run.shell;
  words.emplace_back(text);
  return words;
}

Result<void> set_command(oci::ImageRun& run, std::string_view text) {
  run.cmd = command_words(run, text);
  return {};
}

Result<void> set_entrypoint(oci::ImageRun& run, std::string_view text) {
  run.entrypoint = command_words(run, text);
  return {};
}

Result<void> set_environment(oci::ImageRun& run, std::string_view text) {
  for (const auto& [name, value] : TRY(pairs("ENV", text))) {
    const std::string begin = name + "=";
    const auto known = std::ranges::find_if(
        run.env, [&begin](const std::string& entry) { return entry.starts_with(begin); });
    if (known == run.env.end()) {
      run.env.push_back(begin + value);
    } else {
      *known = begin + value;
    }
  }
  return {};
}

Result<void> add_ports(oci::ImageRun& run, std::string_view text) {
  for (const std::string& word : TRY(shell_words("EXPOSE", text))) {
    const Cut parts = cut(word, '/');
    const std::string protocol = parts.found ? lower(parts.after) : "tcp";
    const auto number = parse_uint(parts.before, "port");
    const bool known = protocol == "tcp" || protocol == "udp" || protocol == "sctp";
    if (!number || *number == 0 || *number > 65535 || !known) {
      return wrong("EXPOSE", format("{} is no port", quoted(word)));
    }
    run.exposed_ports[format("{}/{}", *number, protocol)] = {};
  }
  return {};
}

Result<void> add_labels(oci::ImageRun& run, std::string_view text) {
  for (auto& [name, value] : TRY(pairs("LABEL", text))) run.labels[name] = value;
  return {};
}

Result<void> set_user(oci::ImageRun& run, std::string_view text) {
  run.user = std::string(text);
  return {};
}

Result<void> add_volumes(oci::ImageRun& run, std::string_view text) {
  const auto listed = json_words(text);
  for (const std::string& path : listed ? *listed : TRY(shell_words("VOLUME", text))) {
    if (path.empty()) return wrong("VOLUME", "a path is empty");
    run.volumes[path] = {};
  }
  return {};
}

// A relative one lies below the one before.
Result<void> set_directory(oci::ImageRun& run, std::string_view text) {
  const bool absolute = text.starts_with('/');
  const std::string above = run.working_dir.empty() ? "/" : run.working_dir;
  run.working_dir =
      absolute ? std::string(text) : format("{}{}{}", above, above.ends_with('/') ? "" : "/", text);
  return {};
}

Result<void> set_stop_signal(oci::ImageRun& run, std::string_view text) {
  run.stop_signal = std::string(text);
  return {};
}

Result<void> add_trigger(oci::ImageRun& run, std::string_view text) {
  run.on_build.emplace_back(text);
  return {};
}

// "--interval=30s" and its like, which stand before the command.
Result<void> set_health_option(oci::Healthcheck& health, std::string_view word) {
  const Cut parts = cut(word.substr(2), '=');
  if (parts.before == "retries") {
    const auto count = parse_uint(parts.after, "retries");
    if (!count || *count == 0 || *count > 1'000'000) {
      return wrong("HEALTHCHECK", format("{} is no number of times", quoted(word)));
    }
    health.retries = static_cast<int>(*count);
    return {};
  }
  struct Span {
    std::string_view name;
    std::int64_t oci::Healthcheck::* member;
  };
  constexpr std::array kSpans = {Span{"interval", &oci::Healthcheck::interval},
                                 Span{"timeout", &oci::Healthcheck::timeout},
                                 Span{"start-period", &oci::Healthcheck::start_period},
                                 Span{"start-interval", &oci::Healthcheck::start_interval}};
  const auto* span = std::ranges::find(kSpans, parts.before, &Span::name);
  if (span == kSpans.end()) return wrong("HEALTHCHECK", format("{} is not known", quoted(word)));
  health.*span->member = TRY(parse_duration(parts.after, span->name));
  return {};
}

// [--OPTION=VALUE...] NONE | CMD command, which is a list or the shell's.
Result<void> set_healthcheck(oci::ImageRun& run, std::string_view text) {
  oci::Healthcheck health;
  while (text.starts_with("--")) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    TRY(set_health_option(health, text.substr(0, end)));
    text = trim(text.substr(end));
  }
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string kind = lower(text.substr(0, end));
  const std::string_view command = trim(text.substr(end));
  if (kind == "none" && command.empty()) {
    health.test = {"NONE"};
  } else if (kind != "cmd" || command.empty()) {
    return wrong("HEALTHCHECK", "it is [--interval=TIME ...] CMD command, or NONE");
  } else if (const auto words = json_words(command)) {
    health.test = {"CMD"};
    health.test.insert(health.test.end(), words->begin(), words->end());
  } else {
    health.test = {"CMD-SHELL", std::string(command)};
  }
  run.healthcheck = std::move(health);
  return {};
}

struct Instruction {
  std::string_view name;
  Result<void> (*apply)(oci::ImageRun& run, std::string_view text);
};
constexpr std::array kInstructions = {Instruction{"cmd", set_command},
                                      Instruction{"entrypoint", set_entrypoint},
                                      Instruction{"env", set_environment},
                                      Instruction{"expose", add_ports},
                                      Instruction{"healthcheck", set_healthcheck},
                                      Instruction{"label", add_labels},
                                      Instruction{"onbuild", add_trigger},
                                      Instruction{"stopsignal", set_stop_signal},
                                      Instruction{"user", set_user},
                                      Instruction{"volume", add_volumes},
                                      Instruction{"workdir", set_directory}};

}  // namespace

Result<void> apply_change(oci::ImageRun& run, std::string_view change) {
  const std::string_view text = trim(change);
  // podman's form, "CMD=sh", too.
  const std::size_t end = text.find_first_of(" \t=");
  const std::string name = lower(text.substr(0, end));
  const std::string_view rest =
      end == std::string_view::npos ? std::string_view() : trim(text.substr(end + 1));
  const auto* found = std::ranges::find(kInstructions, name, &Instruction::name);
  if (found == kInstructions.end()) {
    return fail(ErrorKind::Unsupported,
                format("--change {}: the instruction is not known", quoted(change)),
                "there are CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, "
                "USER, VOLUME and WORKDIR");
  }
  if (rest.empty()) {
    return fail(ErrorKind::InvalidArgument, format("--change {}: it says nothing", quoted(change)));
  }
  TRY_STEP(found->apply(run, rest), format("--change {}", quoted(change)));
  return {};
}

}  // namespace isle::image
