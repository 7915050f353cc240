#include "runtime/state/home.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/beneath.h"
#include "kernel/fd.h"

namespace isle::runtime {

namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20;

// Empty unless it is a file: the image may have anything in its place.
std::string read_passwd(const HostPath& root) {
  const Result<kernel::UniqueFd> directory = kernel::open_file(root, O_PATH | O_DIRECTORY);
  if (!directory) return {};
  const Result<kernel::UniqueFd> file =
      kernel::open_in_root(directory->get(), "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat info{};
  if (!file || fstat(file->get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  return kernel::read_all(file->get(), kLargest).value_or("");
}

}  // namespace

bool has_home(const oci::Process& process) {
  return std::ranges::any_of(
      process.env, [](const std::string& variable) { return variable.starts_with("HOME="); });
}

std::string home_in(const HostPath& root, uid_t uid) {
  const std::string text = read_passwd(root);
  for (const std::string_view line : split(text, '\n')) {
    const std::vector<std::string_view> fields = split(line, ':');
    if (fields.size() < 6 || fields[2] != std::to_string(uid)) continue;
    if (fields[5].starts_with('/')) return std::string(fields[5]);
  }
  return "/";
}

}  // namespace isle::runtime
