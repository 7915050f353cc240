// The calls of mount(2), and of fsopen(2) and its kin, where one mount is several calls on
// descriptors: what a descriptor will be is remembered as its name.
#include <string_view>

#include "base/strings.h"
#include "kernel/kernel_abi.h"
#include "kernel/mount_options.h"
#include "toolbox/trace_words.h"

namespace isle::toolbox {

namespace {

using FlagName = std::pair<std::uint64_t, const char*>;

template <std::size_t Count>
std::string flags_of(std::uint64_t flags, const FlagName (&names)[Count]) {
  std::vector<std::string> words;
  words.reserve(Count);
  for (const auto& [bit, name] : names) {
    if ((flags & bit) != 0) words.emplace_back(name);
  }
  return join(words, ",");
}

constexpr FlagName kMountFlags[] = {{MS_REMOUNT, "remount"},
                                    {MS_BIND, "bind"},
                                    {MS_MOVE, "move"},
                                    {MS_REC, "rec"},
                                    {MS_UNBINDABLE, "unbindable"},
                                    {MS_PRIVATE, "private"},
                                    {MS_SLAVE, "slave"},
                                    {MS_SHARED, "shared"},
                                    {MS_RDONLY, "ro"},
                                    {MS_NOSUID, "nosuid"},
                                    {MS_NODEV, "nodev"},
                                    {MS_NOEXEC, "noexec"},
                                    {MS_SYNCHRONOUS, "sync"},
                                    {MS_DIRSYNC, "dirsync"},
                                    {MS_NOATIME, "noatime"},
                                    {MS_NODIRATIME, "nodiratime"},
                                    {MS_RELATIME, "relatime"},
                                    {MS_STRICTATIME, "strictatime"}};
constexpr FlagName kUnmountFlags[] = {
    {1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"}};
constexpr FlagName kTreeFlags[] = {{OPEN_TREE_CLONE, "clone"}, {AT_RECURSIVE, "rec"}};

std::string joined(const std::vector<std::string>& parts) {
  std::vector<std::string> kept;
  kept.reserve(parts.size());
  for (const std::string& part : parts) {
    if (!part.empty()) kept.push_back(part);
  }
  return join(kept, ", ");
}

std::optional<CallWords> said(std::string call) {
  return CallWords{.call = std::move(call), .about = "mounts"};
}

// A path alone; /proc/self/fd/N is what that descriptor is.
std::string path_of(const RawCall& call, std::size_t index) {
  if (call.arguments[index] == 0) return "";
  RawCall alone = call;
  alone.arguments = {static_cast<std::uint64_t>(AT_FDCWD), call.arguments[index]};
  return alone.path_at(0, 1);
}

std::string words_of_mount(const RawCall& call) {
  constexpr std::uint64_t kPropagation = MS_SHARED | MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE;
  const auto& a = call.arguments;
  const std::string target = path_of(call, 1);
  const std::string flags = flags_of(a[3], kMountFlags);
  // Then only the target and the flags count.
  if ((a[3] & (kPropagation | MS_REMOUNT)) != 0)
    return format("mount({})", joined({target, flags}));
  const std::string type = (a[3] & MS_BIND) != 0 || a[2] == 0 ? "" : call.text(a[2]);
  const std::string data = (a[3] & MS_BIND) != 0 || a[4] == 0 ? "" : call.text(a[4]).substr(0, 200);
  const std::string source = path_of(call, 0);
  return format("mount({})",
                joined({source.empty() ? target : format("{} on {}", source, target),
                        source == type ? "" : type,
                        flags,
                        data}));
}

// fsconfig(2): what the file system will be made of becomes part of its name.
CallWords words_of_fsconfig(const RawCall& call) {
  const auto& a = call.arguments;
  const auto fd = static_cast<int>(a[0]);
  const std::string key = a[2] == 0 ? "" : call.text(a[2]);
  std::string value;
  switch (a[1]) {
    case FSCONFIG_SET_STRING: value = "=" + call.text(a[3]); break;
    case FSCONFIG_SET_FD: value = "=" + call.file(static_cast<int>(a[4])); break;
    default: break;
  }
  CallWords words{.call = format("fsconfig({}, {}{})", call.file(fd), key, value),
                  .about = "mounts",
                  .silent = true};
  // Commands, and what is the name already, add nothing.
  const bool is_parameter = a[1] <= FSCONFIG_SET_FD && key != "source";
  if (is_parameter) {
    words.names_fd = fd;
    words.names_result = format("{} {}{}", call.file(fd), key, value);
  }
  return words;
}

std::string words_of_setattr(const RawCall& call) {
  const auto& a = call.arguments;
  const auto attr = call.value<mount_attr>(a[3]);
  std::vector<std::string> words = {call.path_at(0, 1)};
  if ((a[2] & AT_RECURSIVE) != 0) words.emplace_back("rec");
  words.push_back(kernel::attribute_words(attr.attr_set));
  const std::string cleared = kernel::attribute_words(attr.attr_clr);
  if (!cleared.empty()) words.push_back(format("not {}", cleared));
  words.push_back(flags_of(attr.propagation, kMountFlags));
  return format("mount_setattr({})", joined(words));
}

}  // namespace

std::optional<CallWords> words_of_mounts(const RawCall& call) {
  const auto& a = call.arguments;
  switch (call.number) {
    case SYS_mount: return said(words_of_mount(call));
    case SYS_umount2:
      return said(format("umount2({})", joined({path_of(call, 0), flags_of(a[1], kUnmountFlags)})));
    case SYS_pivot_root:
      return said(format("pivot_root({}, {})", call.text(a[0]), call.text(a[1])));
    case SYS_chroot: return said(format("chroot({})", call.text(a[0])));
    case SYS_fsopen: {
      const std::string type = call.text(a[0]);
      return CallWords{.call = format("fsopen({})", type),
                       .about = "mounts",
                       .names_result = type,
                       .silent = true};
    }
    case SYS_fsconfig: return words_of_fsconfig(call);
    case SYS_fsmount: {
      const std::string name = call.file(static_cast<int>(a[0]));
      return CallWords{.call = format("fsmount({})", joined({name, kernel::attribute_words(a[2])})),
                       .about = "mounts",
                       .names_result = std::string(cut(name, ' ').before)};
    }
    case SYS_open_tree: {
      const std::string path = call.path_at(0, 1);
      return CallWords{.call = format("open_tree({})", joined({path, flags_of(a[2], kTreeFlags)})),
                       .about = "mounts",
                       .names_result = path};
    }
    case SYS_move_mount:
      return said(format("move_mount({} to {})", call.path_at(0, 1), call.path_at(2, 3)));
    case SYS_mount_setattr: return said(words_of_setattr(call));
    default: return std::nullopt;
  }
}

}  // namespace isle::toolbox
