#include "network/leases.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <memory>

#include "base/strings.h"

namespace isle::network {

Result<void> make_lease_directories(const HostPath& whole) {
  const std::string& path = whole.str();
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail_call(errno, format("mkdir({})", part));
    }
    if (end == std::string::npos) return {};
  }
}

Result<bool> take_lease(const HostPath& path, std::string_view container) {
  for (const bool again : {true, false}) {
    if (symlink(std::string(container).c_str(), path.c_str()) == 0) return true;
    if (errno == EEXIST) return false;
    if (errno != ENOENT || !again) break;
    TRY(make_lease_directories(HostPath(path.str().substr(0, path.str().rfind('/')))));
  }
  return fail_call(errno, format("symlink({})", path.str()));
}

std::optional<std::string> lease_holder(const HostPath& path) {
  char text[PATH_MAX];
  const ssize_t length = readlink(path.c_str(), text, sizeof text);
  if (length < 0) return std::nullopt;
  return std::string(text, static_cast<std::size_t>(length));
}

void drop_lease(const HostPath& path, std::string_view container) {
  if (lease_holder(path) == container) unlink(path.c_str());
}

std::string holder_words(std::string_view holder) {
  return std::string(holder.substr(holder.rfind('/') + 1).substr(0, 12));
}

std::vector<std::string> leases_in(const HostPath& directory) {
  std::vector<std::string> names;
  const auto close = [](DIR* stream) { closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(opendir(directory.c_str()), close);
  if (stream == nullptr) return names;
  while (const dirent* entry = readdir(stream.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  return names;
}

void drop_dead_leases(const HostPath& directory, const IsAlive& is_alive) {
  for (const std::string& name : leases_in(directory)) {
    const std::optional<std::string> holder = lease_holder(directory / name);
    if (holder && !is_alive(*holder)) drop_lease(directory / name, *holder);
  }
}

Result<bool> take_lease_of_dead(const HostPath& path,
                                std::string_view container,
                                const IsAlive& is_alive) {
  if (TRY(take_lease(path, container))) return true;
  const std::optional<std::string> holder = lease_holder(path);
  if (!holder) return take_lease(path, container);
  if (*holder == container) return true;
  if (is_alive(*holder)) return false;
  drop_lease(path, *holder);
  return take_lease(path, container);
}

}  // namespace isle::network
