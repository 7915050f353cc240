// A directory of a control group cannot be removed while it has processes or groups below it:
// rmdir(2) says EBUSY for both, and there is no recursive form. Its files need not be removed.

#include "kernel/cgroup/group_tree.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/hints.h"

namespace isle::kernel::cgroup {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Backoff::Backoff(milliseconds limit) : end_(steady_clock::now() + limit) {}

milliseconds Backoff::left() const {
  const auto rest = std::chrono::duration_cast<milliseconds>(end_ - steady_clock::now());
  return std::max(rest, milliseconds(0));
}

bool Backoff::again() {
  if (steady_clock::now() >= end_) return false;
  const timespec pause{.tv_sec = 0, .tv_nsec = pause_.count() * 1000};
  nanosleep(&pause, nullptr);
  pause_ = std::min(pause_ * 2, std::chrono::microseconds(20'000));
  return true;
}

std::vector<std::string> levels(const std::string& mount, const std::string& directory) {
  std::vector<std::string> found;
  std::size_t end = mount.size();
  while (end < directory.size()) {
    end = std::min(directory.find('/', end + 1), directory.size());
    found.push_back(directory.substr(0, end));
  }
  return found;
}

namespace {
struct CloseDirectory {
  void operator()(DIR* stream) const { closedir(stream); }
};
}  // namespace

Result<std::vector<std::string>> children(const std::string& directory) {
  std::vector<std::string> names;
  struct stat info{};
  // kernfs keeps the link count of a directory at two and one for each below.
  if (stat(directory.c_str(), &info) != 0 || info.st_nlink == 2) return names;
  UniqueFd fd = TRY(open_if_exists(HostPath(directory), O_RDONLY | O_DIRECTORY));
  if (!fd) return names;
  const std::unique_ptr<DIR, CloseDirectory> stream(fdopendir(fd.get()));
  if (stream == nullptr) return fail_call(errno, format("fdopendir({})", directory));
  static_cast<void>(fd.release());
  while (const dirent* entry = readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

Result<std::optional<std::string>> read_group_file(const std::string& directory,
                                                   const std::string& file) {
  const UniqueFd fd = TRY(open_if_exists(HostPath(directory + "/" + file), O_RDONLY));
  if (!fd) return std::nullopt;
  Result<std::string> text = read_all(fd.get());
  if (text) return std::optional(std::move(*text));
  // The group was removed after the open; or the file is a threaded group's cgroup.procs.
  if (text.error().errnum == ENODEV || text.error().errnum == EOPNOTSUPP) return std::nullopt;
  return std::unexpected(std::move(text).error().within("read " + quoted(directory + "/" + file)));
}

Result<std::vector<Pid>> processes_of(const std::string& directory) {
  std::vector<Pid> pids;
  const std::string text = TRY(read_group_file(directory, "cgroup.procs")).value_or("");
  for (const std::string_view line : split(trim(text), '\n')) {
    if (line.empty() || line == "0") continue;
    pids.push_back(Pid{static_cast<pid_t>(TRY(parse_int(line, "cgroup.procs")))});
  }
  for (const std::string& name : TRY(children(directory))) {
    const std::vector<Pid> below = TRY(processes_of(format("{}/{}", directory, name)));
    pids.insert(pids.end(), below.begin(), below.end());
  }
  return pids;
}

Result<void> write_group_file(std::string_view controller,
                              const std::string& directory,
                              const std::string& file,
                              std::string_view value) {
  const std::string path = directory + "/" + file;
  Result<void> written = write_existing(HostPath(path), value);
  if (written) return {};
  Error error = std::move(written).error();
  error.message =
      format("cannot set {} of the {} control group to {}", file, controller, quoted(trim(value)));
  const std::string hint = write_hint(file, error.errnum);
  return std::unexpected(std::move(error).advise(hint));
}

namespace {
// "processes 12, 13; groups a, b".
std::string leftovers(const std::string& directory) {
  std::vector<std::string> parts;
  if (const auto pids = processes_of(directory); pids && !pids->empty()) {
    std::vector<std::string> numbers;
    for (const Pid pid : *pids) {
      if (numbers.size() == 8) {
        numbers.emplace_back("...");
        break;
      }
      numbers.push_back(std::to_string(pid.value));
    }
    parts.push_back("processes " + join(numbers, ", "));
  }
  if (const auto names = children(directory); names && !names->empty()) {
    parts.push_back("groups " + join(*names, ", "));
  }
  return parts.empty() ? "nothing to be seen from here" : join(parts, "; ");
}

// True when it is gone.
Result<bool> try_remove(const std::string& directory) {
  if (rmdir(directory.c_str()) == 0 || errno == ENOENT) return true;
  if (errno != EBUSY && errno != ENOTEMPTY) {
    return fail_call(errno, format("rmdir({})", directory), "cannot remove a control group");
  }
  return false;
}

// Once, deepest first.
Result<bool> sweep(const std::string& directory) {
  if (TRY(try_remove(directory))) return true;
  const std::vector<std::string> names = TRY(children(directory));
  if (names.empty()) return false;
  for (const std::string& name : names) TRY(sweep(format("{}/{}", directory, name)));
  return try_remove(directory);
}
}  // namespace

Result<void> remove_tree(const std::string& directory, Backoff& wait) {
  do {
    if (TRY(sweep(directory))) return {};
  } while (wait.again());
  return fail(
      ErrorKind::Conflict,
      format("control group {} is still in use by {}", quoted(directory), leftovers(directory)),
      "end these processes, then remove it again (one that is frozen in a group of somebody else's "
      "ends once "
      "it is thawed there)");
}

std::optional<std::string_view> keyed(std::string_view text, std::string_view key) {
  for (const std::string_view line : split(text, '\n')) {
    const Cut parts = cut(line, ' ');
    if (parts.found && parts.before == key) return parts.after;
  }
  return std::nullopt;
}

}  // namespace isle::kernel::cgroup
