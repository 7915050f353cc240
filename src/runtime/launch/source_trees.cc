// Detached mounts that the parent makes on the host's side: copies of trees, some with mapped ids
// (mount_setattr(2), Linux 5.12; overlay over such layers, 5.19), and single device nodes.

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "base/strings.h"
#include "kernel/beneath.h"
#include "kernel/fs_context.h"
#include "kernel/kernel_abi.h"
#include "runtime/launch/idmap.h"
#include "runtime/launch/processes.h"
#include "runtime/launch/slots.h"

namespace isle::runtime::launch {

namespace {

Result<kernel::UniqueFd> clone_tree(const std::string& source, bool recursive) {
  const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0U);
  const long fd = syscall(SYS_open_tree, AT_FDCWD, source.c_str(), flags);
  if (fd < 0) {
    return fail_call(errno,
                     format("open_tree({}, OPEN_TREE_CLONE)", source),
                     {},
                     errno == ENOENT ? "the source of a mount has to exist" : "");
  }
  return kernel::UniqueFd(static_cast<int>(fd));
}

// What the container's users may write to: no symbolic link is followed, nothing leads out.
Result<kernel::UniqueFd> open_part(int top, const std::string& path) {
  Result<kernel::UniqueFd> part = kernel::open_beneath(top, path, O_PATH);
  if (part) return part;
  Error error = std::move(part).error();
  if (error.errnum == ELOOP || error.errnum == EXDEV) {
    error.hint = "a part of a mount is reached through no symbolic link: name the directory itself";
  } else if (error.kind == ErrorKind::NotFound) {
    error.hint = "a part of a mount has to exist; isle makes none";
  }
  return std::unexpected(std::move(error));
}

Result<kernel::UniqueFd> clone_part(int top, const std::string& path, bool recursive) {
  const kernel::UniqueFd part = TRY(open_part(top, path));
  const unsigned flags =
      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
  const long fd = syscall(SYS_open_tree, part.get(), "", flags);
  if (fd < 0) return fail_call(errno, format("open_tree({}, OPEN_TREE_CLONE)", path));
  return kernel::UniqueFd(static_cast<int>(fd));
}

Result<kernel::UniqueFd> clone_source(const op::OpenTree& step) {
  if (step.beneath.empty()) return clone_tree(step.source, step.recursive);
  const kernel::UniqueFd top = TRY(kernel::open_file(HostPath(step.source), O_PATH | O_DIRECTORY));
  return clone_part(top.get(), step.beneath, step.recursive);
}

Result<void> map_ids(int tree, int user_namespace, bool recursive, const std::string& source) {
  mount_attr attr{};
  attr.attr_set = MOUNT_ATTR_IDMAP;
  attr.userns_fd = static_cast<std::uint64_t>(user_namespace);
  const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
  if (syscall(SYS_mount_setattr, tree, "", flags, &attr, sizeof attr) != 0) {
    return fail_call(errno,
                     format("mount_setattr({}, MOUNT_ATTR_IDMAP)", source),
                     {},
                     "the file system has to support id-mapped mounts (ext4, xfs, btrfs, tmpfs "
                     "since 6.3, ZFS since 2.2 ...)");
  }
  return {};
}

using Parameters = std::vector<kernel::MountParameter>;

Result<kernel::UniqueFd> mount_with(const std::string& type, const Parameters& parameters) {
  kernel::FsContext context = TRY(kernel::FsContext::open(type));
  for (const kernel::MountParameter& parameter : parameters) {
    if (!context.set(parameter.key, parameter.value)) {
      const int errnum = errno;
      return fail_call(
          errnum,
          format("fsconfig({} {}={})", type, parameter.key, parameter.value.value_or("")),
          context.log());
    }
  }
  if (!context.create()) {
    const int errnum = errno;
    return fail_call(errnum, format("fsconfig({}, CREATE)", type), context.log());
  }
  return context.mount();
}

std::string legacy_data(const Parameters& parameters) {
  std::string lowers;
  std::string others;
  for (const kernel::MountParameter& parameter : parameters) {
    if (parameter.key == "lowerdir+") {
      lowers += (lowers.empty() ? "lowerdir=" : ":") + parameter.value.value_or("");
    } else {
      others += "," + parameter.key + (parameter.value ? "=" + *parameter.value : "");
    }
  }
  return lowers + others;
}

// Kernels before 6.7 know no "lowerdir+": the classic call, and a copy of what it mounted.
Result<kernel::UniqueFd> mount_classic(const op::MakeOverlay& step) {
  const std::string data = legacy_data(step.parameters);
  if (mount(step.type.c_str(), step.directory.c_str(), step.type.c_str(), 0, data.c_str()) != 0) {
    return fail_call(errno, format("mount({} on {}, {})", step.type, step.directory, data));
  }
  return clone_tree(step.directory, false);
}

// Overlay takes its layers by name, and old kernels only such as are mounted in the caller's own
// namespace: there the mapped layers lie over themselves.
Result<void> map_layers(const op::MakeOverlay& step) {
  if (step.uid_map.empty()) return {};
  const kernel::UniqueFd mapping = TRY(make_mapping_namespace(step.uid_map, step.gid_map));
  for (const kernel::MountParameter& parameter : step.parameters) {
    if (parameter.key != "lowerdir+" || !parameter.value) continue;
    const kernel::UniqueFd layer = TRY(clone_tree(*parameter.value, false));
    TRY(map_ids(layer.get(), mapping.get(), false, *parameter.value));
    const long moved = syscall(SYS_move_mount,
                               layer.get(),
                               "",
                               AT_FDCWD,
                               parameter.value->c_str(),
                               MOVE_MOUNT_F_EMPTY_PATH);
    if (moved != 0) return fail_call(errno, format("move_mount({})", *parameter.value));
  }
  return {};
}

Result<void> enter_own_mounts() {
  if (unshare(CLONE_NEWNS) != 0) return fail_call(errno, "unshare(CLONE_NEWNS)");
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return fail_call(errno, "mount(/, rprivate)");
  }
  return {};
}

// Only what is mounted can be copied in part (Linux before 6.15): over this process' own "/".
Result<kernel::UniqueFd> part_of(const kernel::UniqueFd& made, const std::string& path) {
  const long moved =
      syscall(SYS_move_mount, made.get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
  if (moved != 0) return fail_call(errno, "move_mount(/)");
  return clone_part(made.get(), path, false);
}

Result<kernel::UniqueFd> make_inside(const op::MakeOverlay& step) {
  TRY(map_layers(step));
  Result<kernel::UniqueFd> made = mount_with(step.type, step.parameters);
  const bool is_overlay = step.type == "overlay";
  if (!made && is_overlay && made.error().errnum == EINVAL) made = mount_classic(step);
  if (!made && made.error().errnum == ENODEV) {
    return fail(ErrorKind::Unsupported,
                format("this kernel has no file system {}", quoted(step.type)),
                "load its module, or use a kernel that was built with it");
  }
  if (made && !is_overlay && !step.uid_map.empty()) {
    const kernel::UniqueFd mapping = TRY(make_mapping_namespace(step.uid_map, step.gid_map));
    TRY(map_ids(made->get(), mapping.get(), false, step.type));
  }
  if (!made || step.beneath.empty()) return made;
  return part_of(*made, step.beneath);
}

using Making = std::function<Result<kernel::UniqueFd>()>;

// What the helper says: the number of its descriptor, or why there is none.
struct Answer {
  int fd;
  int errnum;
  char call[512];
  char hint[256];
};

[[noreturn]] void answer(const Making& make, int pipe) {
  const Result<void> entered = enter_own_mounts();
  const Result<kernel::UniqueFd> made =
      entered ? make() : Result<kernel::UniqueFd>(std::unexpected(entered.error()));
  Answer answer{.fd = made ? made->get() : -1,
                .errnum = made ? 0 : made.error().errnum,
                .call = {},
                .hint = {}};
  if (!made) {
    const Error& error = made.error();
    const bool both = !error.message.empty() && !error.call.empty();
    const std::string text = error.message + (both ? ": " : "") + error.call;
    text.copy(answer.call, sizeof answer.call - 1);
    error.hint.copy(answer.hint, sizeof answer.hint - 1);
  }
  const std::string_view bytes(reinterpret_cast<const char*>(&answer), sizeof answer);
  static_cast<void>(kernel::write_all(pipe, bytes));
  for (;;) pause();  // until the parent has taken the descriptor
}

}  // namespace

Result<kernel::UniqueFd> open_source_tree(const op::OpenTree& step) {
  kernel::UniqueFd tree = TRY(clone_source(step));
  if (step.uid_map.empty()) return tree;
  const kernel::UniqueFd mapping = TRY(make_mapping_namespace(step.uid_map, step.gid_map));
  TRY(map_ids(tree.get(), mapping.get(), step.map_recursive, step.source));
  return tree;
}

namespace {

// Made by a helper in a mount namespace of its own, so that nothing of it is mounted on the host.
Result<kernel::UniqueFd> made_by_helper(const Making& make) {
  kernel::FdPair pipe = TRY(kernel::make_pipe());
  const Forked helper = TRY(fork_stage());
  if (helper.in_child) answer(make, pipe.second.get());
  pipe.second.reset();
  Answer answer{};
  const ssize_t count = read(pipe.first.get(), &answer, sizeof answer);
  Result<kernel::UniqueFd> mount = fail(ErrorKind::Internal, "the helper that mounts it died");
  if (count == sizeof answer && answer.fd < 0) {
    mount = fail_call(answer.errnum, answer.call, {}, answer.hint);
  } else if (count == sizeof answer) {
    const long fd = syscall(SYS_pidfd_getfd, helper.child.pidfd.get(), answer.fd, 0);
    mount = fd < 0 ? Result<kernel::UniqueFd>(fail_call(errno, "pidfd_getfd()"))
                   : kernel::UniqueFd(static_cast<int>(fd));
  }
  end_child(helper.child);
  return mount;
}

// A tmpfs over the working directory of the helper, the node in it, and a copy of that one place. A
// file system that a user namespace mounts opens no devices; this one is the host's.
Result<kernel::UniqueFd> make_node_tree(const op::OpenNode& step) {
  const kernel::UniqueFd memory = TRY(mount_with("tmpfs", {{.key = "mode", .value = "755"}}));
  if (syscall(SYS_move_mount, memory.get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return fail_call(errno, "move_mount(tmpfs)");
  }
  if (fchdir(memory.get()) != 0) return fail_call(errno, "fchdir(tmpfs)");
  constexpr const char* kName = "node";
  const mode_t bits = step.mode & ~static_cast<mode_t>(S_IFMT);
  if (mknod(kName, step.mode, makedev(step.device.major, step.device.minor)) != 0) {
    return fail_call(errno, format("mknod({}:{})", step.device.major, step.device.minor));
  }
  if (chown(kName, step.uid, step.gid) != 0) {
    return fail_call(errno, format("chown({}:{})", step.uid, step.gid));
  }
  if (chmod(kName, bits) != 0) return fail_call(errno, format("chmod({:o})", bits));
  return clone_tree(kName, false);
}

}  // namespace

Result<kernel::UniqueFd> make_overlay(const op::MakeOverlay& step) {
  return made_by_helper([&] { return make_inside(step); });
}

Result<kernel::UniqueFd> open_node(const op::OpenNode& step) {
  return made_by_helper([&] { return make_node_tree(step); });
}

}  // namespace isle::runtime::launch
