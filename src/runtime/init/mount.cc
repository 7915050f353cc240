// Mounts by descriptor: a file system or a copy of a tree is made detached, given its attributes,
// and only then moved to a target that was opened beneath the root (fsopen, open_tree,
// mount_setattr, move_mount: Linux 5.2 to 5.12). A path that could be swapped is never used twice.

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "runtime/init/state.h"

namespace isle::runtime::init {

namespace {

constexpr int kNotFound = 2;
constexpr int kAgain = 11;
constexpr int kDenied = 13;
constexpr int kNotDirectory = 20;
constexpr int kInvalid = 22;
constexpr unsigned kAtRecursive = 0x8000;
constexpr unsigned kAtEmptyPath = 0x1000;

void close_fd(State& state, long fd) {
  const char* name = state.call;  // a failed call's name is still to be reported
  traced(state, "close", SYS_close, fd);
  state.call = name;
}

// The file system context's own words, such as "overlay: bad mount option".
void keep_context_log(State& state, long context) {
  const char* name = state.call;
  char log[sizeof state.text];
  const long length = traced(state, "read", SYS_read, context, word(log), sizeof log - 1);
  state.call = name;
  if (length <= 0) return;
  log[length] = '\0';
  for (long i = 0; i < length; ++i) {
    if (log[i] == '\n') log[i] = '\0';
  }
  set_text(state, log[1] == ' ' ? log + 2 : log);
}

long configure(
    State& state, long context, const char* source, const Parameter* parameters, unsigned count) {
  long result = 0;
  if (source != nullptr) {
    result = traced(state,
                    "fsconfig",
                    SYS_fsconfig,
                    context,
                    FSCONFIG_SET_STRING,
                    word("source"),
                    word(source),
                    0);
  }
  for (unsigned i = 0; i < count && result >= 0; ++i) {
    const bool flag = parameters[i].value == nullptr;
    result = traced(state,
                    "fsconfig",
                    SYS_fsconfig,
                    context,
                    flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING,
                    word(parameters[i].key),
                    word(parameters[i].value),
                    0);
    if (result < 0) set_text(state, parameters[i].key);
  }
  if (result >= 0) {
    result = traced(state, "fsconfig", SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
  }
  return result;
}

// A new file system, detached; its descriptor or -errno.
long make_fs(State& state,
             const char* type,
             const char* source,
             const Parameter* parameters,
             unsigned count,
             std::uint64_t attributes) {
  const long context = traced(state, "fsopen", SYS_fsopen, word(type), FSOPEN_CLOEXEC);
  if (context < 0) return context;
  long result = configure(state, context, source, parameters, count);
  if (result < 0) {
    keep_context_log(state, context);
  } else {
    result = traced(state, "fsmount", SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
    if (result < 0) keep_context_log(state, context);
  }
  close_fd(state, context);
  return result;
}

long copy_tree(State& state, long directory, const char* path, bool recursive) {
  return traced(
      state,
      "open_tree",
      SYS_open_tree,
      directory,
      word(path),
      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | kAtEmptyPath | (recursive ? kAtRecursive : 0U));
}

long change_attributes(State& state, long mount, const Attr& attr) {
  mount_attr request{};
  request.attr_set = attr.set;
  request.attr_clr = attr.clear;
  request.propagation = attr.propagation;
  return traced(state,
                "mount_setattr",
                SYS_mount_setattr,
                mount,
                word(""),
                kAtEmptyPath | (attr.recursive ? kAtRecursive : 0U),
                word(&request),
                sizeof request);
}

long attach(State& state, long mount, long target) {
  return traced(state,
                "move_mount",
                SYS_move_mount,
                mount,
                word(""),
                target,
                word(""),
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

long check_device(State& state, long tree, const Mount& mount) {
  if (mount.expected_device_major == 0) return 0;
  struct stat info{};
  const long result =
      traced(state, "newfstatat", SYS_newfstatat, tree, word(""), word(&info), kAtEmptyPath);
  if (result < 0) return result;
  const dev_t device = info.st_rdev;
  const bool kind = mount.expected_block ? S_ISBLK(info.st_mode) : S_ISCHR(info.st_mode);
  const bool same = kind && ((device >> 8) & 0xfff) == mount.expected_device_major &&
                    ((device & 0xff) | ((device >> 12) & 0xfff00)) == mount.expected_device_minor;
  if (!same) set_text(state, "the source is not the device it should be");
  return same ? 0 : -kInvalid;
}

long is_directory(State& state, long fd) {
  struct stat info{};
  const long result =
      traced(state, "newfstatat", SYS_newfstatat, fd, word(""), word(&info), kAtEmptyPath);
  return result < 0 ? result : (S_ISDIR(info.st_mode) ? 1 : 0);
}

// Attributes, target, move; closes the mount's descriptor.
long finish(State& state, long mount, const Mount& request, unsigned first_attr) {
  long result = 0;
  for (unsigned i = first_attr; i < request.attr_count && result >= 0; ++i) {
    result = change_attributes(state, mount, request.attrs[i]);
  }
  Target target = request.target;
  if (result >= 0 && target.kind == TargetKind::LikeSource) {
    result = is_directory(state, mount);
    target.kind = result == 1 ? TargetKind::Directory : TargetKind::File;
  }
  if (result >= 0) result = open_target(state, target);
  if (result >= 0) {
    const long place = result;
    result = attach(state, mount, place);
    close_fd(state, place);
  }
  close_fd(state, mount);
  return result < 0 ? result : 0;
}

// Overlay on kernels whose fsconfig has no "lowerdir+" (before 6.7) or strings too long for it:
// the classic call, then taken off its place.
long legacy_root(State& state, const Root& root) {
  if (root.legacy_data == nullptr || root.directory == nullptr) return -kInvalid;
  long result = traced(state,
                       "mount",
                       SYS_mount,
                       word(root.type),
                       word(root.directory),
                       word(root.type),
                       0,
                       word(root.legacy_data));
  if (result < 0) return result;
  return traced(state,
                "open",
                SYS_openat,
                word(long{AT_FDCWD}),
                word(root.directory),
                O_PATH | O_CLOEXEC | O_DIRECTORY);
}

long make_root(State& state, const Root& root) {
  if (root.tree >= 0) return root.tree;
  if (root.source != nullptr && text_equal(root.type, "bind")) {
    return copy_tree(state, AT_FDCWD, root.source, root.recursive);
  }
  const long mount =
      make_fs(state, root.type, root.source, root.parameters, root.parameter_count, 0);
  if (mount == -kInvalid && root.legacy_data != nullptr) {
    const long legacy = legacy_root(state, root);
    if (legacy >= 0) state.text[0] = '\0';
    return legacy;
  }
  return mount;
}

}  // namespace

namespace {
long move_root(State& state, long mount, const char* place) {
  return traced(state,
                "move_mount",
                SYS_move_mount,
                mount,
                word(""),
                word(long{AT_FDCWD}),
                word(place),
                MOVE_MOUNT_F_EMPTY_PATH);
}
}  // namespace

// The new root is mounted over "/", where no directory has to exist for it and every user may look;
// pivot_root(".", ".") or chroot(".") makes it the root afterwards. "/" was made private before and
// everything else a slave, so nothing of it reaches the host. For hooks that look into it the place
// is its directory; over "/" again if the container's root may not go there.
long set_root(State& state, const Root& root) {
  const long mount = make_root(state, root);
  if (mount < 0) return mount;
  const Attr private_tree{.set = 0, .clear = 0, .propagation = 1U << 18, .recursive = true};
  long result = change_attributes(state, mount, private_tree);
  if (result >= 0) {
    result = root.at_directory ? move_root(state, mount, root.directory) : -kDenied;
    if (result == -kDenied) result = move_root(state, mount, "/");
  }
  if (result >= 0) result = traced(state, "fchdir", SYS_fchdir, mount);
  if (result >= 0) state.root_fd = static_cast<int>(mount);
  return result;
}

long mount_fs(State& state, const Mount& mount) {
  // The first attribute change of a new file system is part of fsmount(2): nothing is set yet that
  // it could clear, nothing is below.
  const bool simple = mount.attr_count > 0 && mount.attrs[0].propagation == 0;
  const long fd = make_fs(state,
                          mount.type,
                          mount.source,
                          mount.parameters,
                          mount.parameter_count,
                          simple ? mount.attrs[0].set : 0);
  return fd < 0 ? fd : finish(state, fd, mount, simple ? 1 : 0);
}

namespace {

// A part of the source, which others may write to at this moment: no symbolic link is followed and
// nothing leads out (openat2(2)); what was opened is what is copied.
long copy_part(State& state, const Mount& mount) {
  const long top = traced(state,
                          "open",
                          SYS_openat,
                          word(long{AT_FDCWD}),
                          word(mount.source),
                          O_PATH | O_CLOEXEC | O_DIRECTORY);
  if (top < 0) return top;
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  long result = -kAgain;
  for (int attempt = 0; attempt < 128 && result == -kAgain; ++attempt) {
    result =
        traced(state, "openat2", SYS_openat2, top, word(mount.beneath), word(&how), sizeof how);
  }
  close_fd(state, top);
  if (result < 0) return result;
  const long part = result;
  result = copy_tree(state, part, "", mount.recursive);
  close_fd(state, part);
  return result;
}

long copy_source(State& state, const Mount& mount) {
  if (mount.tree >= 0) return mount.tree;
  if (mount.beneath != nullptr) return copy_part(state, mount);
  return copy_tree(state, AT_FDCWD, mount.source, mount.recursive);
}

}  // namespace

long bind_mount(State& state, const Mount& mount) {
  const long fd = copy_source(state, mount);
  if (fd < 0) return fd;
  if (const long error = check_device(state, fd, mount); error < 0) {
    close_fd(state, fd);
    return error;
  }
  return finish(state, fd, mount, 0);
}

long set_attr(State& state, const Mount& mount) {
  const bool root = text_equal(mount.target.path, "/");
  const long fd = root ? state.root_fd : open_target(state, mount.target);
  if (fd < 0) return fd;
  long result = 0;
  for (unsigned i = 0; i < mount.attr_count && result >= 0; ++i) {
    result = change_attributes(state, fd, mount.attrs[i]);
  }
  if (!root) close_fd(state, fd);
  return result;
}

namespace {

// A tree that hides `target`: nothing to read in it.
long masking_tree(State& state, bool directory) {
  if (!directory) {
    if (state.null_fd < 0) {
      const long fd = traced(state,
                             "open",
                             SYS_openat,
                             word(long{AT_FDCWD}),
                             word("/dev/null"),
                             O_PATH | O_CLOEXEC | O_NOFOLLOW);
      if (fd < 0) return fd;
      const Mount null_device{.type = nullptr,
                              .source = nullptr,
                              .beneath = nullptr,
                              .tree = -1,
                              .recursive = false,
                              .expected_device_major = 1,
                              .expected_device_minor = 3,
                              .expected_block = false,
                              .parameters = nullptr,
                              .parameter_count = 0,
                              .attrs = nullptr,
                              .attr_count = 0,
                              .target = {}};
      if (const long error = check_device(state, fd, null_device); error < 0) return error;
      state.null_fd = static_cast<int>(fd);
    }
    return copy_tree(state, state.null_fd, "", false);
  }
  if (state.mask_tree_fd < 0) {
    static constexpr Parameter kEmpty[] = {{.key = "mode", .value = "555"},
                                           {.key = "size", .value = "4096"},
                                           {.key = "nr_inodes", .value = "1"}};
    constexpr std::uint64_t kAttributes =
        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    const long fd = make_fs(state, "tmpfs", "mask", kEmpty, 3, kAttributes);
    if (fd < 0) return fd;
    state.mask_tree_fd = static_cast<int>(fd);
    return fd;
  }
  // The first one is attached by now: a copy shares its file system.
  return copy_tree(state, state.mask_tree_fd, "", false);
}

bool is_absent(long result) { return result == -kNotFound || result == -kNotDirectory; }

}  // namespace

long mask(State& state, const Target& target) {
  const long place = open_target(state, target);
  if (is_absent(place)) return 0;
  if (place < 0) return place;
  const long directory = is_directory(state, place);
  long result = directory < 0 ? directory : masking_tree(state, directory == 1);
  if (result >= 0) {
    const long tree = result;
    result = attach(state, tree, place);
    if (tree != state.mask_tree_fd) close_fd(state, tree);
  }
  close_fd(state, place);
  return result;
}

long readonly_path(State& state, const Target& target) {
  const long place = open_target(state, target);
  if (is_absent(place)) return 0;
  if (place < 0) return place;
  long result = copy_tree(state, place, "", true);
  if (result >= 0) {
    const long tree = result;
    const Attr readonly{.set = MOUNT_ATTR_RDONLY, .clear = 0, .propagation = 0, .recursive = true};
    result = change_attributes(state, tree, readonly);
    if (result >= 0) result = attach(state, tree, place);
    close_fd(state, tree);
  }
  close_fd(state, place);
  return result;
}

}  // namespace isle::runtime::init
