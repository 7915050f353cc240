#pragma once
// Why: the eight kinds of namespace and the calls on them, each once: namespaces(7), setns(2),
// unshare(2), ioctl_nsfs(2). A namespace is told by the device and inode of its file in nsfs; where
// the kernel has it (6.18) also by a number that is never used again, NS_GET_ID.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::kernel {

enum class NamespaceKind : unsigned char { Cgroup, Ipc, Mnt, Net, Pid, Time, User, Uts };
inline constexpr std::size_t kNamespaceKinds = 8;

struct NamespaceKindFacts {
  NamespaceKind kind;
  const char* name;       // of its file: "mnt"
  const char* long_name;  // as options have it: "mount"
  const char* flag;       // "CLONE_NEWNS"
  std::uint64_t bit;      // the flag's value
  const char* since;      // the kernel that brought it
  const char* isolates;   // what it holds
  const char* children;   // "pid_for_children", or null: what an unshare changes instead of `name`
};
// In alphabetical order, as the enumerators.
const std::array<NamespaceKindFacts, kNamespaceKinds>& namespace_kinds();
const NamespaceKindFacts& facts_of(NamespaceKind kind);
// By file name, long name, or flag ("mnt", "mount", "CLONE_NEWNS"); InvalidArgument lists them.
Result<NamespaceKind> parse_namespace_kind(std::string_view text);
std::optional<NamespaceKind> kind_of_flag(std::uint64_t bit);
// This kernel has it: its file is in /proc/self/ns.
bool kernel_has(NamespaceKind kind);

// The text of a link in /proc/PID/ns, or of a mount's root: "net:[4026531840]".
struct NamespaceName {
  NamespaceKind kind = NamespaceKind::Uts;
  std::uint64_t inode = 0;
  auto operator<=>(const NamespaceName&) const = default;
  std::string str() const;
};
// nullopt: another text.
std::optional<NamespaceName> parse_namespace_name(std::string_view text);

// The file is one of nsfs (fstatfs); what a container wrote may be anything.
bool is_namespace_file(int fd);
// NotFound: no such process, or a kind this kernel does not have. Denied: ptrace(2)'s rule.
Result<UniqueFd> open_namespace(Pid pid, NamespaceKind kind);

// What is known of an open namespace. InvalidArgument: it is none.
struct NamespaceFacts {
  NamespaceName name;
  std::uint64_t device = 0;
  std::optional<std::uint64_t> id;         // NS_GET_ID, NS_GET_MNTNS_ID
  std::optional<std::uint32_t> owner_uid;  // of a user namespace, as we see the id
};
Result<NamespaceFacts> look_at_namespace(int fd);

// A relation of a namespace. Empty with `beyond`: it lies outside of what the caller may see
// (EPERM).
struct NamespaceRelation {
  UniqueFd fd;
  bool beyond = false;
};
// The user namespace that owns it, NS_GET_USERNS.
NamespaceRelation owner_of(int fd);
// NS_GET_PARENT, of user and PID namespaces only: others have none (EINVAL).
NamespaceRelation parent_of(int fd);
// The network namespace of a socket (SIOCGSKNS) or of a tun device's file (TUNGETDEVNETNS); an
// empty fd: it is neither, or we may not know.
UniqueFd network_of_socket(int fd);
UniqueFd network_of_tun(int fd);
// The PID namespace that a mounted procfs shows; an empty fd where the kernel does not tell.
UniqueFd pid_namespace_of_procfs(int fd);

// open_by_handle_at(2) of an nsfs handle: the namespace that has exactly these. Empty: there is
// none (ESTALE). Unsupported: no handles on this kernel; Denied.
Result<UniqueFd> open_namespace_handle(int nsfs, std::uint64_t id, NamespaceName name);
// listns(2), 6.19: the ids of all namespaces of a kind that the caller may see; Unsupported before.
Result<std::vector<std::uint64_t>> list_namespaces(NamespaceKind kind);

// setns(2) and unshare(2). The caller is single-threaded where the kernel wants it; errors explain
// what each errno means there.
Result<void> join_namespace(int fd, NamespaceKind kind);
Result<void> unshare_namespaces(std::uint64_t flags);
// "CLONE_NEWUTS | CLONE_NEWPID".
std::string flag_words(std::uint64_t flags);

}  // namespace isle::kernel
