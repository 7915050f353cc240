#include "toolbox/trace_words.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <sched.h>
#include <sys/prctl.h>

#include "base/strings.h"
#include "kernel/capability.h"
#include "kernel/kernel_abi.h"
#include "kernel/namespace.h"
#include "kernel/rlimit.h"

namespace isle::toolbox {

namespace {

std::optional<CallWords> said(std::string call, const char* about) {
  return CallWords{.call = std::move(call), .about = about};
}

std::optional<CallWords> words_of_namespaces(const RawCall& call) {
  const auto& a = call.arguments;
  constexpr std::uint64_t kAny = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80;
  switch (call.number) {
    case SYS_unshare:
      // Others are no namespaces: CLONE_FS, say.
      if ((a[0] & kAny) == 0) return std::nullopt;
      return said(format("unshare({})", kernel::flag_words(a[0])), "namespaces");
    case SYS_setns:
      return said(format("setns({}, {})",
                         call.file(static_cast<int>(a[0])),
                         a[1] == 0 ? "any" : kernel::flag_words(a[1])),
                  "namespaces");
    case SYS_clone:
    case SYS_clone3: {
      // The low byte of clone's flags is a signal, where clone3 has CLONE_NEWTIME.
      const std::uint64_t flags =
          call.number == SYS_clone ? a[0] & ~std::uint64_t{0xff} : call.value<std::uint64_t>(a[0]);
      if ((flags & kAny) == 0) return std::nullopt;
      return said(
          format(
              "{}({})", call.number == SYS_clone ? "clone" : "clone3", kernel::flag_words(flags)),
          "namespaces");
    }
    case SYS_sethostname:
      return said(format("sethostname({})", call.bytes(a[0], std::min<std::size_t>(a[1], 64))),
                  "namespaces");
    case SYS_setdomainname:
      return said(format("setdomainname({})", call.bytes(a[0], std::min<std::size_t>(a[1], 64))),
                  "namespaces");
    default: return std::nullopt;
  }
}

// A probe without a program (EFAULT is the answer then) installs nothing.
std::optional<CallWords> words_of_filter(const RawCall& call, std::uint64_t program) {
  if (program == 0) return std::nullopt;
  return said(format("seccomp(SECCOMP_SET_MODE_FILTER, {} instructions)",
                     call.value<sock_fprog>(program).len),
              "filter");
}

std::optional<CallWords> words_of_prctl(const RawCall& call) {
  const auto& a = call.arguments;
  switch (a[0]) {
    case PR_SET_NO_NEW_PRIVS: return said("prctl(PR_SET_NO_NEW_PRIVS)", "privileges");
    case PR_SET_SECUREBITS:
      return said(format("prctl(PR_SET_SECUREBITS, {:#x})", a[1]), "privileges");
    case PR_CAPBSET_DROP:
      return CallWords{.call = "prctl(PR_CAPBSET_DROP",
                       .about = "privileges",
                       .item = kernel::capability_name(static_cast<int>(a[1]))};
    case PR_CAP_AMBIENT:
      switch (a[1]) {
        case PR_CAP_AMBIENT_RAISE:
          return CallWords{.call = "prctl(PR_CAP_AMBIENT_RAISE",
                           .about = "privileges",
                           .item = kernel::capability_name(static_cast<int>(a[2]))};
        case PR_CAP_AMBIENT_CLEAR_ALL: return said("prctl(PR_CAP_AMBIENT_CLEAR_ALL)", "privileges");
        default: return std::nullopt;
      }
    case PR_SET_SECCOMP: return words_of_filter(call, a[2]);
    case PR_SET_KEEPCAPS: return said(format("prctl(PR_SET_KEEPCAPS, {})", a[1]), "privileges");
    default: return std::nullopt;
  }
}

std::string words_of_capset(const RawCall& call) {
  struct Data {
    __user_cap_data_struct half[2];
  };
  const auto data = call.value<Data>(call.arguments[1]);
  const auto count = [&data](auto member) {
    return std::popcount(data.half[0].*member) + std::popcount(data.half[1].*member);
  };
  return format("capset({} effective, {} permitted, {} inheritable)",
                count(&__user_cap_data_struct::effective),
                count(&__user_cap_data_struct::permitted),
                count(&__user_cap_data_struct::inheritable));
}

// -1 leaves the id as it is.
std::string id_words(std::uint64_t id) {
  const auto number = static_cast<std::uint32_t>(id);
  return number == ~std::uint32_t{0} ? "as it is" : format("{}", number);
}

std::optional<CallWords> words_of_ids(const RawCall& call) {
  const auto& a = call.arguments;
  switch (call.number) {
    case SYS_setuid: return said(format("setuid({})", id_words(a[0])), "ids");
    case SYS_setgid: return said(format("setgid({})", id_words(a[0])), "ids");
    case SYS_setresuid: return said(format("setresuid({})", id_words(a[0])), "ids");
    case SYS_setresgid: return said(format("setresgid({})", id_words(a[0])), "ids");
    case SYS_setgroups: return said(format("setgroups({} groups)", a[0]), "ids");
    case SYS_capset: return said(words_of_capset(call), "privileges");
    case SYS_prctl: return words_of_prctl(call);
    case SYS_seccomp: return a[0] == 1 ? words_of_filter(call, a[2]) : std::nullopt;
    case SYS_landlock_restrict_self: return said("landlock_restrict_self()", "filter");
    case SYS_keyctl:
      if (a[0] != 1) return std::nullopt;  // KEYCTL_JOIN_SESSION_KEYRING
      return said(format("keyctl(JOIN_SESSION_KEYRING, {})", a[1] == 0 ? "new" : call.text(a[1])),
                  "keyrings");
    default: return std::nullopt;
  }
}

std::optional<CallWords> words_of_limits(const RawCall& call) {
  const auto& a = call.arguments;
  const bool is_prlimit = call.number == SYS_prlimit64;
  if ((!is_prlimit && call.number != SYS_setrlimit) || (is_prlimit && a[2] == 0)) {
    return std::nullopt;
  }
  const auto resource = static_cast<int>(a[is_prlimit ? 1 : 0]);
  if (resource < 0 || resource >= RLIM_NLIMITS) return std::nullopt;
  const auto limit = call.value<rlimit>(a[is_prlimit ? 2 : 1]);
  const auto words = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("unlimited") : format("{}", value);
  };
  return said(format("setrlimit({}, {}:{})",
                     kernel::rlimit_name(resource),
                     words(limit.rlim_cur),
                     words(limit.rlim_max)),
              "limits");
}

}  // namespace

std::string RawCall::path_at(std::size_t directory, std::size_t path) const {
  std::string name = arguments[path] == 0 ? "" : text(arguments[path]);
  for (const std::string_view links : {"/proc/self/fd/", "/proc/thread-self/fd/"}) {
    if (!name.starts_with(links)) continue;
    const auto fd = parse_uint(std::string_view(name).substr(links.size()), "a descriptor");
    return fd ? file(static_cast<int>(*fd)) : name;
  }
  const auto fd = static_cast<int>(arguments[directory]);
  if (name.starts_with('/') || fd == AT_FDCWD) return name;
  std::string base = file(fd);
  if (name.empty()) return base;
  return base.ends_with('/') ? base + name : format("{}/{}", base, name);
}

std::optional<CallWords> words_of_call(const RawCall& call) {
  for (const auto part : {words_of_namespaces,
                          words_of_mounts,
                          words_of_ids,
                          words_of_limits,
                          words_of_network,
                          words_of_files}) {
    if (auto words = part(call)) return words;
  }
  return std::nullopt;
}

}  // namespace isle::toolbox
