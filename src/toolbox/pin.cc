#include "toolbox/pin.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fork.h"
#include "kernel/mountinfo.h"
#include "kernel/process.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;
using kernel::UniqueFd;

namespace {
constexpr const char* kPins = "/run/isle-ns";
}  // namespace

std::string pin_directory(NamespaceKind kind) {
  if (kind == NamespaceKind::Net) return "/run/netns";
  return format("{}/{}", kPins, facts_of(kind).name);
}

Result<std::string> pin_path(NamespaceKind kind, std::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.size() > 200 ||
      name.find('/') != std::string_view::npos) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no name to keep a namespace by", quoted(name)),
                "it is the name of a file, without a slash");
  }
  return format("{}/{}", pin_directory(kind), name);
}

namespace {

Result<void> make_directory(const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
    return fail_call(errno, format("mkdir({})", path), {}, "keeping a namespace needs root");
  }
  return {};
}

bool is_mount_point(const std::string& path) {
  const std::string mounts = kernel::read_file(HostPath("/proc/self/mountinfo")).value_or("");
  for (const kernel::MountLine& mount : kernel::parse_mounts(mounts)) {
    if (mount.point == path) return true;
  }
  return false;
}

// The directory is a shared mount, as ip-netns(8) makes it: what is mounted there is seen in the
// mount namespaces that follow this one, and goes with an unmount here.
Result<void> prepare_directory(NamespaceKind kind) {
  const std::string directory = pin_directory(kind);
  if (kind != NamespaceKind::Net) TRY(make_directory(kPins));
  TRY(make_directory(directory));
  if (is_mount_point(directory)) return {};
  const char* path = directory.c_str();
  // A mount namespace cannot be kept below a shared mount: its copy would hold itself.
  const unsigned long kept = kind == NamespaceKind::Mnt ? MS_PRIVATE : MS_SHARED;
  if (mount(path, path, "none", MS_BIND | MS_REC, nullptr) != 0 ||
      mount("", path, "none", kept | MS_REC, nullptr) != 0) {
    return fail_call(errno, format("mount({}, bind)", directory), {}, "this needs CAP_SYS_ADMIN");
  }
  return {};
}

// With the last that was kept our own directories go; /run/netns is ip-netns(8)'s as well. A mount
// below makes it EBUSY, a file ENOTEMPTY: then they are in use.
void remove_unused(NamespaceKind kind) {
  const std::string directory = pin_directory(kind);
  if (umount2(directory.c_str(), UMOUNT_NOFOLLOW) != 0) return;
  if (rmdir(directory.c_str()) == 0) rmdir(kPins);
}

}  // namespace

Result<void> pin(NamespaceKind kind, std::string_view name, const std::string& source) {
  const std::string path = TRY(pin_path(kind, name));
  TRY(prepare_directory(kind));
  const auto made = kernel::open_file(HostPath(path), O_RDONLY | O_CREAT | O_EXCL, 0444);
  if (!made) {
    if (made.error().errnum != EEXIST) return std::unexpected(made.error());
    return fail(ErrorKind::Conflict,
                format("the name {} is taken", quoted(name)),
                format("isle ns unpin {} lets go of it", name));
  }
  if (mount(source.c_str(), path.c_str(), "none", MS_BIND, nullptr) != 0) {
    const int errnum = errno;
    unlink(path.c_str());
    return fail_call(errnum,
                     format("mount({} on {}, bind)", source, path),
                     {},
                     kind == NamespaceKind::Mnt
                         ? "EINVAL: a mount namespace can be kept only in one that is older than it"
                         : "");
  }
  return {};
}

Result<void> pin_new(NamespaceKind kind, std::string_view name) {
  if (kind == NamespaceKind::Pid || kind == NamespaceKind::Time) {
    return fail(ErrorKind::Unsupported,
                format("a new {} namespace cannot be kept without a process", facts_of(kind).name),
                "its file is there once a process was born into it: name a process that is in one");
  }
  kernel::FdPair ready = TRY(kernel::make_pipe());
  kernel::FdPair life = TRY(kernel::make_pipe());
  kernel::ForkedChild child = TRY(kernel::fork_child(true));
  if (child.inside) {
    life.second.reset();
    const auto made = kernel::unshare_namespaces(facts_of(kind).bit);
    if (!made) {
      print_error("isle", Error(made.error()).within("ns pin"));
      _exit(1);
    }
    char word = 'y';
    if (write(ready.second.get(), &word, 1) != 1) _exit(1);
    _exit(read(life.first.get(), &word, 1) == 0 ? 0 : 1);
  }
  ready.second.reset();
  char word = 0;
  const bool made = read(ready.first.get(), &word, 1) == 1;
  const auto kept =
      made ? pin(kind, name, format("/proc/{}/ns/{}", child.pid.value, facts_of(kind).name))
           : fail(ErrorKind::Denied, "no new namespace was made");
  life.second.reset();
  TRY(kernel::wait_for(child.pidfd.get()));
  return kept;
}

Result<void> unpin(NamespaceKind kind, std::string_view name) {
  const std::string path = TRY(pin_path(kind, name));
  struct stat found{};
  if (lstat(path.c_str(), &found) != 0) {
    return fail(ErrorKind::NotFound,
                format("no {} namespace is kept as {}", facts_of(kind).name, quoted(name)),
                "isle ns pin lists those that are");
  }
  // A file that an interrupted pin left is no mount (EINVAL), and goes all the same.
  if (umount2(path.c_str(), MNT_DETACH) != 0 && errno != EINVAL) {
    return fail_call(errno, format("umount2({})", path));
  }
  if (unlink(path.c_str()) != 0) return fail_call(errno, format("unlink({})", path));
  if (kind != NamespaceKind::Net) remove_unused(kind);
  return {};
}

std::vector<Pin> pins() {
  std::vector<Pin> all;
  const std::string mounts = kernel::read_file(HostPath("/proc/self/mountinfo")).value_or("");
  for (const kernel::MountLine& mount : kernel::parse_mounts_of(mounts, "nsfs")) {
    const auto space = kernel::parse_namespace_name(mount.root);
    if (!space) continue;
    const std::string directory = pin_directory(space->kind) + "/";
    if (!mount.point.starts_with(directory)) continue;
    all.push_back(
        {.kind = space->kind, .name = mount.point.substr(directory.size()), .path = mount.point});
  }
  return all;
}

Result<Pin> find_pin(std::string_view name) {
  std::vector<Pin> found;
  for (Pin& one : pins()) {
    if (one.name == name) found.push_back(std::move(one));
  }
  if (found.size() == 1) return std::move(found[0]);
  return fail(found.empty() ? ErrorKind::NotFound : ErrorKind::Conflict,
              found.empty() ? format("no namespace is kept as {}", quoted(name))
                            : format("several namespaces are kept as {}", quoted(name)),
              found.empty() ? "isle ns pin lists those that are" : "say the kind");
}

}  // namespace isle::toolbox
