#include "image/fetch_program/places.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include <dirent.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::image {

HostPath user_configuration() {
  const char* set = std::getenv("XDG_CONFIG_HOME");
  if (set != nullptr && *set == '/') return HostPath(set);
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return {};
  return HostPath(home) / ".config";
}

Result<std::vector<std::string>> names_in(const HostPath& directory) {
  struct Close {
    void operator()(DIR* stream) const { closedir(stream); }
  };
  const std::unique_ptr<DIR, Close> stream(opendir(directory.c_str()));
  if (stream == nullptr && (errno == ENOENT || errno == ENOTDIR)) return std::vector<std::string>();
  if (stream == nullptr) return fail_call(errno, format("opendir({})", directory.str()));
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::ranges::sort(names);
  return names;
}

bool is_there(const HostPath& path) { return access(path.c_str(), F_OK) == 0; }

}  // namespace isle::image
