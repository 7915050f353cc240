// --env and --env-file: the environment, over the image's.
#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/strings.h"
#include "kernel/fd.h"
#include "options/environment.h"
#include "options/rows.h"

namespace isle::options {

Result<void> add_env(oci::Strings& env, std::string_view text, std::string_view flag) {
  const Cut parts = cut(text, '=');
  if (parts.before.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("--{}: {} has no name", flag, quoted(text)),
                "write NAME=value, or NAME to pass on your own");
  }
  if (parts.found) {
    env.emplace_back(text);
    return {};
  }
  const std::string name(text);
  if (const char* own = std::getenv(name.c_str())) env.push_back(format("{}={}", name, own));
  return {};
}

Result<void> add_env_file(oci::Strings& env, std::string_view path) {
  const std::string text =
      TRY_STEP(kernel::read_file(HostPath(std::string(path)), 1 << 20), "--env-file");
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view name = cut(line, '=').before;
    if (name.empty() || name.find_first_of(" \t") != std::string_view::npos) {
      return fail(
          ErrorKind::InvalidArgument,
          format("--env-file: line {} of {}: {} is no name", number, quoted(path), quoted(name)));
    }
    TRY(add_env(env, line, "env-file"));
  }
  return {};
}

namespace {
// ${NAME} and $NAME: what the variable is by now; nothing where there is none.
std::string filled_in(SpecBuilder& builder, std::string_view text) {
  const auto is_of_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  std::string result;
  while (!text.empty()) {
    const std::size_t sign = text.find('$');
    result += text.substr(0, sign);
    if (sign == std::string_view::npos) break;
    text.remove_prefix(sign + 1);
    const bool braced = text.starts_with('{');
    if (braced) text.remove_prefix(1);
    const std::size_t length =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_of_name) - text.begin());
    if (length == 0)
      result += braced ? "${" : "$";
    else
      result += builder.env(text.substr(0, length));
    text.remove_prefix(length);
    if (braced && length > 0 && text.starts_with('}')) text.remove_prefix(1);
  }
  return result;
}
}  // namespace

const Option kEnv{
    .flag = {"env",
             'e',
             Arity::Value,
             "NAME[=VALUE]",
             "Set a variable of the command's environment; NAME alone passes on yours",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return add_env(request.container.process.env, value, "env");
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      const record::Process& process = container.process;
      builder.leaves_out = [all = process.unset_all_env,
                            names = process.unset_env](std::string_view name) {
        return all || std::ranges::find(names, name) != names.end();
      };
      for (const std::string& entry : builder.image.env) {
        const Cut parts = cut(entry, '=');
        if (!builder.leaves_out(parts.before)) builder.set_env(parts.before, parts.after);
      }
      for (const std::string& entry : process.env_merge) {
        const Cut parts = cut(entry, '=');
        builder.set_env(parts.before, filled_in(builder, parts.after));
      }
      for (const std::string& entry : process.env) {
        const Cut parts = cut(entry, '=');
        builder.set_env(parts.before, parts.after);
      }
      return {};
    },
};

const Option kEnvMerge{
    .flag = {"env-merge",
             0,
             Arity::Value,
             "NAME=VALUE",
             "Set a variable, with ${NAME} in VALUE for one that the image sets",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (!cut(value, '=').found) {
        return fail(ErrorKind::InvalidArgument,
                    format("--env-merge: {} has no value", quoted(value)),
                    "write NAME=VALUE, such as PATH=${PATH}:/opt/bin");
      }
      return add_env(request.container.process.env_merge, value, "env-merge");
    },
    .apply = nullptr,
};

const Option kUnsetenv{
    .flag = {"unsetenv",
             0,
             Arity::Value,
             "NAME",
             "Leave a variable out that the image sets, or isle (HOME is always there)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value.empty() || value.find('=') != std::string_view::npos) {
        return fail(ErrorKind::InvalidArgument,
                    format("--unsetenv: {} is no name of a variable", quoted(value)));
      }
      request.container.process.unset_env.emplace_back(value);
      return {};
    },
    .apply = nullptr,
};

const Option kUnsetenvAll{
    .flag = {"unsetenv-all",
             0,
             Arity::Switch,
             nullptr,
             "Leave all variables out that the image sets, or isle, but HOME",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.unset_all_env = value == "true";
      return {};
    },
    .apply = nullptr,
};

const Option kEnvFile{
    .flag = {"env-file",
             0,
             Arity::Value,
             "FILE",
             "Read variables from FILE, one a line",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return add_env_file(request.container.process.env, value);
    },
    .apply = nullptr,
};

}  // namespace isle::options
