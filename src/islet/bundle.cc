#include "islet/bundle.h"

#include <array>
#include <cerrno>
#include <climits>

#include <unistd.h>

#include "base/strings.h"
#include "runtime/state/create.h"

namespace isle::islet {

Result<HostPath> absolute(std::string_view path) {
  if (path.empty()) return fail(ErrorKind::InvalidArgument, "a path is empty");
  if (path.starts_with('/')) return HostPath(std::string(path));
  std::array<char, PATH_MAX> here{};
  if (getcwd(here.data(), here.size()) == nullptr) return fail_call(errno, "getcwd()");
  return HostPath(here.data()) / path;
}

Result<Bundle> open_bundle(const Globals& globals, std::string_view path, std::string_view config) {
  const std::string name(path.empty() ? "." : path);
  char* real = realpath(name.c_str(), nullptr);
  if (real == nullptr)
    return fail_call(errno, format("realpath({})", name), "there is no such bundle");
  Bundle bundle{.directory = HostPath(real), .spec = {}, .text = {}};
  free(real);
  std::vector<std::string> warnings;
  runtime::BundleConfig read = TRY(runtime::read_bundle(bundle.directory, warnings, config));
  bundle.spec = std::move(read.spec);
  bundle.text = std::move(read.text);
  for (const std::string& warning : warnings) globals.log.write(Level::Warning, warning);
  return bundle;
}

}  // namespace isle::islet
