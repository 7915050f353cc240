// Detached mounts that the parent makes on the host's side: copies of trees, some with mapped ids
// (mount_setattr(2), Linux 5.12; overlay over such layers, 5.19).

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/kernel_abi.h"
#include "runtime/launch/idmap.h"
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
                     "since 6.3 ...)");
  }
  return {};
}

class FsContext {
 public:
  static Result<FsContext> open(const std::string& type) {
    const long fd = syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC);
    if (fd < 0) return fail_call(errno, format("fsopen({})", type));
    return FsContext(kernel::UniqueFd(static_cast<int>(fd)));
  }
  bool set(const std::string& key, const std::optional<std::string>& value) {
    return syscall(SYS_fsconfig,
                   fd_.get(),
                   value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
                   key.c_str(),
                   value ? value->c_str() : nullptr,
                   0) == 0;
  }
  bool create() {
    return syscall(SYS_fsconfig, fd_.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0;
  }
  Result<kernel::UniqueFd> mount() {
    const long fd = syscall(SYS_fsmount, fd_.get(), FSMOUNT_CLOEXEC, 0);
    if (fd < 0) return fail_call(errno, "fsmount()", log());
    return kernel::UniqueFd(static_cast<int>(fd));
  }
  // The context's own words on what went wrong.
  std::string log() {
    char text[512];
    const ssize_t length = read(fd_.get(), text, sizeof text);
    return length > 2
               ? std::string(trim(std::string_view(text + 2, static_cast<std::size_t>(length - 2))))
               : "";
  }

 private:
  explicit FsContext(kernel::UniqueFd fd) : fd_(std::move(fd)) {}
  kernel::UniqueFd fd_;
};

using Parameters = std::vector<kernel::MountParameter>;

Result<kernel::UniqueFd> mount_with(const std::string& type, const Parameters& parameters) {
  FsContext context = TRY(FsContext::open(type));
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

// "lowerdir+" for each layer is newer (6.7) than one "lowerdir" for all.
Parameters joined_lowers(const Parameters& parameters) {
  Parameters out;
  std::string lowers;
  for (const kernel::MountParameter& parameter : parameters) {
    if (parameter.key == "lowerdir+") {
      lowers += (lowers.empty() ? "" : ":") + parameter.value.value_or("");
    } else {
      out.push_back(parameter);
    }
  }
  if (!lowers.empty()) out.insert(out.begin(), {.key = "lowerdir", .value = lowers});
  return out;
}

}  // namespace

Result<kernel::UniqueFd> open_source_tree(const op::OpenTree& step) {
  kernel::UniqueFd tree = TRY(clone_tree(step.source, step.recursive));
  if (step.uid_map.empty()) return tree;
  const kernel::UniqueFd mapping = TRY(make_mapping_namespace(step.uid_map, step.gid_map));
  TRY(map_ids(tree.get(), mapping.get(), step.map_recursive, step.source));
  return tree;
}

Result<kernel::UniqueFd> make_overlay(const op::MakeOverlay& step) {
  Parameters parameters = step.parameters;
  std::vector<kernel::UniqueFd> layers;
  if (!step.uid_map.empty()) {
    const kernel::UniqueFd mapping = TRY(make_mapping_namespace(step.uid_map, step.gid_map));
    for (kernel::MountParameter& parameter : parameters) {
      if (parameter.key != "lowerdir+" || !parameter.value) continue;
      kernel::UniqueFd layer = TRY(clone_tree(*parameter.value, false));
      TRY(map_ids(layer.get(), mapping.get(), false, *parameter.value));
      // Overlay takes layers by name only; this name is our own descriptor's, not a reopened one.
      parameter.value = format("/proc/self/fd/{}", layer.get());
      layers.push_back(std::move(layer));
    }
  }
  Result<kernel::UniqueFd> mount = mount_with(step.type, parameters);
  if (!mount && mount.error().errnum == EINVAL) {
    mount = mount_with(step.type, joined_lowers(parameters));
  }
  return mount;
}

}  // namespace isle::runtime::launch
