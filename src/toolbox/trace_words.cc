#include "toolbox/trace_words.h"

#include <string_view>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>

#include "base/strings.h"
#include "kernel/capability.h"
#include "kernel/kernel_abi.h"
#include "kernel/namespace.h"

namespace isle::toolbox {

namespace {

std::optional<CallWords> said(std::string call, const char* about) {
  return CallWords{.call = std::move(call), .about = about};
}

std::string text_or_none(const RawCall& call, std::size_t index) {
  return call.arguments[index] == 0 ? "none" : call.text(call.arguments[index]);
}

std::optional<CallWords> words_of_namespaces(const RawCall& call) {
  const auto& a = call.arguments;
  constexpr std::uint64_t kAny = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80;
  switch (call.number) {
    case SYS_unshare: return said(format("unshare({})", kernel::flag_words(a[0])), "namespaces");
    case SYS_setns:
      return said(format("setns({}, {})", a[0], a[1] == 0 ? "any" : kernel::flag_words(a[1])),
                  "namespaces");
    case SYS_clone:
    case SYS_clone3: {
      // The low byte of clone's flags is a signal, where clone3 has CLONE_NEWTIME.
      const std::uint64_t flags =
          call.number == SYS_clone ? a[0] & ~std::uint64_t{0xff} : call.word(a[0]);
      if ((flags & kAny) == 0) return std::nullopt;
      return said(
          format(
              "{}({})", call.number == SYS_clone ? "clone" : "clone3", kernel::flag_words(flags)),
          "namespaces");
    }
    case SYS_sethostname:
      return said(format("sethostname({})", call.text(a[0]).substr(0, a[1])), "namespaces");
    case SYS_setdomainname:
      return said(format("setdomainname({})", call.text(a[0]).substr(0, a[1])), "namespaces");
    default: return std::nullopt;
  }
}

std::optional<CallWords> words_of_mounts(const RawCall& call) {
  const auto& a = call.arguments;
  switch (call.number) {
    case SYS_mount:
      return said(format("mount({} on {}, {}, {:#x})",
                         text_or_none(call, 0),
                         call.text(a[1]),
                         text_or_none(call, 2),
                         a[3]),
                  "mounts");
    case SYS_umount2: return said(format("umount2({}, {:#x})", call.text(a[0]), a[1]), "mounts");
    case SYS_pivot_root:
      return said(format("pivot_root({}, {})", call.text(a[0]), call.text(a[1])), "mounts");
    case SYS_chroot: return said(format("chroot({})", call.text(a[0])), "mounts");
    case SYS_fsopen: return said(format("fsopen({})", call.text(a[0])), "mounts");
    case SYS_fsmount: return said(format("fsmount({}, {:#x})", a[0], a[2]), "mounts");
    case SYS_open_tree:
      return said(format("open_tree({}, {:#x})", call.text(a[1]), a[2]), "mounts");
    case SYS_move_mount:
      return said(format("move_mount({} to {})", call.text(a[1]), call.text(a[3])), "mounts");
    case SYS_mount_setattr: return said(format("mount_setattr({})", call.text(a[1])), "mounts");
    case SYS_mknodat: return said(format("mknodat({}, {:#o})", call.text(a[1]), a[2]), "devices");
    default: return std::nullopt;
  }
}

std::optional<CallWords> words_of_prctl(const RawCall& call) {
  const auto& a = call.arguments;
  switch (a[0]) {
    case PR_SET_NO_NEW_PRIVS: return said("prctl(PR_SET_NO_NEW_PRIVS)", "privileges");
    case PR_CAPBSET_DROP:
      return said(
          format("prctl(PR_CAPBSET_DROP, {})", kernel::capability_name(static_cast<int>(a[1]))),
          "privileges");
    case PR_CAP_AMBIENT: return said(format("prctl(PR_CAP_AMBIENT, {})", a[1]), "privileges");
    case PR_SET_SECCOMP: return said("prctl(PR_SET_SECCOMP)", "filter");
    case PR_SET_KEEPCAPS: return said(format("prctl(PR_SET_KEEPCAPS, {})", a[1]), "privileges");
    default: return std::nullopt;
  }
}

std::optional<CallWords> words_of_ids(const RawCall& call) {
  const auto& a = call.arguments;
  switch (call.number) {
    case SYS_setuid: return said(format("setuid({})", a[0]), "ids");
    case SYS_setgid: return said(format("setgid({})", a[0]), "ids");
    case SYS_setresuid: return said(format("setresuid({})", static_cast<int>(a[0])), "ids");
    case SYS_setresgid: return said(format("setresgid({})", static_cast<int>(a[0])), "ids");
    case SYS_setgroups: return said(format("setgroups({} groups)", a[0]), "ids");
    case SYS_capset: return said("capset()", "privileges");
    case SYS_prctl: return words_of_prctl(call);
    case SYS_seccomp:
      return a[0] == 1 ? said("seccomp(SECCOMP_SET_MODE_FILTER)", "filter") : std::nullopt;
    default: return std::nullopt;
  }
}

// Files whose writing is a step.
const char* about_file(std::string_view path) {
  const auto ends = [path](std::string_view word) { return path.ends_with(word); };
  if (ends("/uid_map") || ends("/gid_map") || ends("/setgroups")) return "ids";
  if (ends("/timens_offsets")) return "namespaces";
  if (path.find("/cgroup") != std::string_view::npos) return "control groups";
  if (path.find("/proc/sys/") != std::string_view::npos) return "settings";
  if (path.find("/attr/") != std::string_view::npos) return "labels";
  if (ends("/oom_score_adj")) return "settings";
  return nullptr;
}

std::optional<CallWords> words_of_files(const RawCall& call) {
  const auto& a = call.arguments;
  if (call.number == SYS_execve) return said(format("execve({})", call.text(a[0])), "command");
  if (call.number == SYS_mkdirat || call.number == SYS_openat) {
    const bool writes = call.number == SYS_mkdirat || (a[2] & (O_WRONLY | O_RDWR)) != 0;
    if (!writes) return std::nullopt;
    const std::string path = call.text(a[1]);
    const char* about = about_file(path);
    if (about == nullptr) return std::nullopt;
    return said(format("{}({})", call.number == SYS_openat ? "open for writing" : "mkdir", path),
                about);
  }
  return std::nullopt;
}

}  // namespace

std::optional<CallWords> words_of_call(const RawCall& call) {
  if (auto words = words_of_namespaces(call)) return words;
  if (auto words = words_of_mounts(call)) return words;
  if (auto words = words_of_ids(call)) return words;
  return words_of_files(call);
}

}  // namespace isle::toolbox
