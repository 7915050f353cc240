// --env and --env-file: the environment, over the image's.
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
      for (const oci::Strings* list : {&builder.image.env, &container.process.env}) {
        for (const std::string& entry : *list) {
          const Cut parts = cut(entry, '=');
          builder.set_env(parts.before, parts.after);
        }
      }
      return {};
    },
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
