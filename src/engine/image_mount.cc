#include "engine/image_mount.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::engine {
namespace {

constexpr unsigned long kFlags = MS_RDONLY | MS_NOSUID | MS_NODEV;

// Who had one id has it still, as root of a namespace that may mount.
Result<void> become_root_inside(uid_t uid, gid_t gid) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    return fail_call(errno,
                     "unshare(user, mount)",
                     {},
                     "this host does not let ordinary users make user namespaces");
  }
  TRY(kernel::write_existing(HostPath("/proc/self/setgroups"), "deny"));
  TRY(kernel::write_existing(HostPath("/proc/self/gid_map"), format("0 {} 1", gid)));
  return kernel::write_existing(HostPath("/proc/self/uid_map"), format("0 {} 1", uid));
}

// One layer is bound: overlay wants two.
Result<void> bind_layer(const HostPath& layer, const HostPath& target) {
  if (mount(layer.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    return fail_call(errno, format("mount({}, bind)", target.str()));
  }
  if (mount(nullptr, target.c_str(), nullptr, MS_REMOUNT | MS_BIND | kFlags, nullptr) != 0) {
    return fail_call(errno, format("mount({}, remount read-only)", target.str()));
  }
  return {};
}

// mount(2) takes a page of options, so the layers are named from their common directory.
Result<void> lay_over(const Paths& paths,
                      const std::vector<HostPath>& layers,
                      const std::string& writable,
                      const HostPath& target,
                      bool is_user) {
  const HostPath above = paths.store.root() / "layers";
  std::string options = format("{}{}lowerdir=", is_user ? "userxattr," : "", writable);
  for (const HostPath& layer : layers) {
    if (!options.ends_with('=')) options += ':';
    const bool is_near = layer.str().starts_with(above.str() + "/");
    options += is_near ? layer.str().substr(above.str().size() + 1) : layer.str();
  }
  if (options.size() >= static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    return fail(ErrorKind::Unsupported,
                format("an image of {} layers cannot be mounted with mount(2)", layers.size()),
                "isle run shows its files, isle export writes them");
  }
  const kernel::UniqueFd before = TRY(kernel::open_file(HostPath("."), O_RDONLY | O_DIRECTORY));
  if (chdir(above.c_str()) != 0) return fail_call(errno, format("chdir({})", above.str()));
  const unsigned long flags = writable.empty() ? kFlags : MS_NOSUID | MS_NODEV;
  const int mounted = mount("isle", target.c_str(), "overlay", flags, options.c_str());
  const int error = errno;
  if (fchdir(before.get()) != 0) return fail_call(errno, "fchdir()");
  if (mounted != 0) return fail_call(error, format("mount(overlay on {})", target.str()));
  return {};
}

// Mounts of this process alone.
Result<void> leave_host_mounts() {
  if (geteuid() != 0) {
    TRY(become_root_inside(geteuid(), getegid()));
  } else if (unshare(CLONE_NEWNS) != 0) {
    return fail_call(errno, "unshare(mount)");
  }
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return fail_call(errno, "mount(/, private)");
  }
  return {};
}

// And the directory for them.
Result<HostPath> own_mounts(const Paths& paths) {
  HostPath target = paths.run / "image";
  TRY(make_directories(target));
  TRY(leave_host_mounts());
  return target;
}

}  // namespace

Result<HostPath> mount_image_here(const Paths& paths, const std::vector<HostPath>& layers) {
  if (layers.empty()) return fail(ErrorKind::InvalidArgument, "the image has no layers");
  const bool is_user = geteuid() != 0;
  HostPath target = TRY(own_mounts(paths));
  if (layers.size() == 1) {
    TRY(bind_layer(layers.front(), target));
  } else {
    TRY(lay_over(paths, layers, "", target, is_user));
  }
  return target;
}

Result<HostPath> mount_container_here(const Paths& paths,
                                      const std::vector<HostPath>& layers,
                                      const HostPath& upper,
                                      const HostPath& work) {
  const bool is_user = geteuid() != 0;
  HostPath target = TRY(own_mounts(paths));
  TRY(lay_over(
      paths, layers, format("upperdir={},workdir={},", upper.str(), work.str()), target, is_user));
  return target;
}

Result<void> mount_dataset_here(const std::string& dataset, const HostPath& target) {
  TRY(leave_host_mounts());
  if (mount(dataset.c_str(), target.c_str(), "zfs", MS_NOSUID | MS_NODEV, nullptr) == 0) return {};
  return fail_call(errno, format("mount(zfs {} on {})", dataset, target.str()));
}

}  // namespace isle::engine
