#include "kernel/namespace.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/kernel_abi.h"

namespace isle::kernel {
namespace {

#ifndef CLONE_NEWTIME
constexpr std::uint64_t CLONE_NEWTIME = 0x80;
#endif

constexpr std::array<NamespaceKindFacts, kNamespaceKinds> kKinds = {{
    {NamespaceKind::Cgroup,
     "cgroup",
     "cgroup",
     "CLONE_NEWCGROUP",
     CLONE_NEWCGROUP,
     "4.6",
     "the root of the control group paths a process sees",
     nullptr},
    {NamespaceKind::Ipc,
     "ipc",
     "ipc",
     "CLONE_NEWIPC",
     CLONE_NEWIPC,
     "2.6.19",
     "System V queues, semaphores and shared memory, POSIX message queues",
     nullptr},
    {NamespaceKind::Mnt,
     "mnt",
     "mount",
     "CLONE_NEWNS",
     CLONE_NEWNS,
     "2.4.19",
     "the tree of mounts",
     nullptr},
    {NamespaceKind::Net,
     "net",
     "net",
     "CLONE_NEWNET",
     CLONE_NEWNET,
     "2.6.24",
     "network devices, addresses, routes, ports, firewall, abstract sockets",
     nullptr},
    {NamespaceKind::Pid,
     "pid",
     "pid",
     "CLONE_NEWPID",
     CLONE_NEWPID,
     "2.6.24",
     "numbers of processes, and which can be seen",
     "pid_for_children"},
    {NamespaceKind::Time,
     "time",
     "time",
     "CLONE_NEWTIME",
     CLONE_NEWTIME,
     "5.6",
     "offsets of the monotonic and the boot-time clock",
     "time_for_children"},
    {NamespaceKind::User,
     "user",
     "user",
     "CLONE_NEWUSER",
     CLONE_NEWUSER,
     "3.8",
     "user and group ids, capabilities, keyrings",
     nullptr},
    {NamespaceKind::Uts,
     "uts",
     "uts",
     "CLONE_NEWUTS",
     CLONE_NEWUTS,
     "2.6.19",
     "host name and domain name",
     nullptr},
}};

// Why a setns or unshare failed, in the words of their man pages.
const char* join_hint(int errnum, NamespaceKind kind) {
  switch (errnum) {
    case EINVAL:
      return kind == NamespaceKind::User
                 ? "the file is of another kind, or it is the user namespace the caller is in "
                   "already, or the caller has threads (setns(2))"
                 : "the file is of another kind of namespace than asked for, or the caller has "
                   "threads (setns(2))";
    case EPERM:
      return kind == NamespaceKind::Mnt
                 ? "joining a mount namespace needs CAP_SYS_ADMIN in its owner and CAP_SYS_CHROOT "
                   "and CAP_SYS_ADMIN in one's own user namespace: join its user namespace, too"
                 : "joining needs CAP_SYS_ADMIN in the user namespace that owns it (and in one's "
                   "own): join that one, too, or be root there";
    case ENOMEM: return "its process 1 has ended: nothing can be born there any more";
    default: return "";
  }
}

const char* unshare_hint(int errnum, std::uint64_t flags) {
  switch (errnum) {
    case EPERM:
      if ((flags & CLONE_NEWUSER) != 0) {
        return "a user namespace is refused in a chroot, where an id has no mapping, and where a "
               "security module or sysctl forbids it (user_namespaces(7))";
      }
      return "this needs CAP_SYS_ADMIN: add --user --map-root-user";
    case ENOSPC:
      return "a limit of /proc/sys/user/max_*_namespaces is reached (isle ns limits shows which), "
             "or 32 levels of nesting (33 of user namespaces)";
    case EUSERS: return "user namespaces are nested 32 levels deep at most";
    case EINVAL:
      return "this kernel does not have that kind of namespace (isle ns kinds), or the "
             "caller has threads";
    case ENOMEM: return "no memory, or the PID namespace's process 1 has ended";
    default: return "";
  }
}

}  // namespace

const std::array<NamespaceKindFacts, kNamespaceKinds>& namespace_kinds() { return kKinds; }

const NamespaceKindFacts& facts_of(NamespaceKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

Result<NamespaceKind> parse_namespace_kind(std::string_view text) {
  for (const NamespaceKindFacts& facts : kKinds) {
    if (text == facts.name || text == facts.long_name || text == facts.flag) return facts.kind;
  }
  if (text == "network") return NamespaceKind::Net;
  return fail(ErrorKind::InvalidArgument,
              format("{} is no kind of namespace", quoted(text)),
              "it is cgroup, ipc, mnt, net, pid, time, user or uts");
}

std::optional<NamespaceKind> kind_of_flag(std::uint64_t bit) {
  for (const NamespaceKindFacts& facts : kKinds) {
    if (facts.bit == bit) return facts.kind;
  }
  return std::nullopt;
}

bool kernel_has(NamespaceKind kind) {
  struct stat found{};
  return lstat(format("/proc/self/ns/{}", facts_of(kind).name).c_str(), &found) == 0;
}

std::string NamespaceName::str() const { return format("{}:[{}]", facts_of(kind).name, inode); }

std::optional<NamespaceName> parse_namespace_name(std::string_view text) {
  const Cut parts = cut(text, ':');
  if (!parts.found || !parts.after.starts_with('[') || !parts.after.ends_with(']')) {
    return std::nullopt;
  }
  for (const NamespaceKindFacts& facts : kKinds) {
    if (parts.before != facts.name) continue;
    NamespaceName name{.kind = facts.kind};
    const char* end = parts.after.data() + parts.after.size() - 1;
    const auto read = std::from_chars(parts.after.data() + 1, end, name.inode);
    if (read.ec != std::errc() || read.ptr != end || name.inode == 0) return std::nullopt;
    return name;
  }
  return std::nullopt;
}

bool is_namespace_file(int fd) {
  struct statfs found{};
  return fstatfs(fd, &found) == 0 && found.f_type == kNsfsMagic;
}

Result<UniqueFd> open_namespace(Pid pid, NamespaceKind kind) {
  UniqueFd fd =
      TRY(open_file(HostPath(format("/proc/{}/ns/{}", pid.value, facts_of(kind).name)), O_RDONLY));
  if (!is_namespace_file(fd.get())) {
    return fail(ErrorKind::Denied, format("/proc/{}/ns is not the kernel's", pid.value));
  }
  return fd;
}

Result<NamespaceFacts> look_at_namespace(int fd) {
  NamespaceFacts facts;
  const int flag = ioctl(fd, kNsGetType);
  const auto kind = flag > 0 ? kind_of_flag(static_cast<std::uint64_t>(flag)) : std::nullopt;
  struct stat file{};
  if (!kind || fstat(fd, &file) != 0) {
    return fail(ErrorKind::InvalidArgument,
                "the file is no namespace",
                "namespaces are the files of /proc/PID/ns, and bind mounts of them");
  }
  facts.name = {.kind = *kind, .inode = file.st_ino};
  facts.device = file.st_dev;
  std::uint64_t id = 0;
  if (ioctl(fd, kNsGetId, &id) == 0 ||
      (*kind == NamespaceKind::Mnt && ioctl(fd, kNsGetMntnsId, &id) == 0)) {
    facts.id = id;
  }
  uid_t owner = 0;
  if (*kind == NamespaceKind::User && ioctl(fd, kNsGetOwnerUid, &owner) == 0) {
    facts.owner_uid = owner;
  }
  return facts;
}

namespace {
NamespaceRelation relation(int fd, unsigned long request) {
  const int other = ioctl(fd, request);
  if (other >= 0) return {.fd = UniqueFd(other)};
  return {.fd = {}, .beyond = errno == EPERM};
}
}  // namespace

NamespaceRelation owner_of(int fd) { return relation(fd, kNsGetUserns); }
NamespaceRelation parent_of(int fd) { return relation(fd, kNsGetParent); }

UniqueFd network_of_socket(int fd) { return UniqueFd(ioctl(fd, kSiocgskns)); }
UniqueFd network_of_tun(int fd) { return UniqueFd(ioctl(fd, kTunGetDevNetns)); }
UniqueFd pid_namespace_of_procfs(int fd) { return UniqueFd(ioctl(fd, kProcfsGetPidNamespace)); }

Result<UniqueFd> open_namespace_handle(int nsfs, std::uint64_t id, NamespaceName name) {
  struct Handle {
    unsigned bytes = 16;
    int type = 0xf1;  // FILEID_NSFS
    std::uint64_t id = 0;
    std::uint32_t kind = 0, inode = 0;
  } handle{.id = id,
           // By its id alone where the kernel takes that: both of the others, or none.
           .kind = name.inode == 0 ? 0 : static_cast<std::uint32_t>(facts_of(name.kind).bit),
           .inode = static_cast<std::uint32_t>(name.inode)};
  const long fd = syscall(SYS_open_by_handle_at, nsfs, &handle, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) return UniqueFd(static_cast<int>(fd));
  if (errno == ESTALE) return UniqueFd();
  if (errno == EOPNOTSUPP || errno == EINVAL) {
    return fail(ErrorKind::Unsupported, "this kernel opens no namespaces by handle (6.18 does)");
  }
  return fail_call(errno, format("open_by_handle_at({})", name.str()));
}

Result<std::vector<std::uint64_t>> list_namespaces(NamespaceKind kind) {
  struct Request {  // struct ns_id_req
    std::uint32_t size = 32, spare = 0;
    std::uint64_t after = 0;
    std::uint32_t kinds = 0, spare2 = 0;
    std::uint64_t user_namespace = 0;
  } request{.kinds = static_cast<std::uint32_t>(facts_of(kind).bit)};
  std::vector<std::uint64_t> ids;
  std::array<std::uint64_t, 512> page{};
  for (;;) {
    const long count = syscall(SYS_listns, &request, page.data(), page.size(), 0);
    if (count < 0 && errno == ENOSYS) {
      return fail(ErrorKind::Unsupported, "this kernel has no listns (6.19 does)");
    }
    if (count < 0) return fail_call(errno, "listns()");
    ids.insert(ids.end(), page.begin(), page.begin() + count);
    if (static_cast<std::size_t>(count) < page.size()) return ids;
    request.after = ids.back();
  }
}

Result<void> join_namespace(int fd, NamespaceKind kind) {
  const NamespaceKindFacts& facts = facts_of(kind);
  if (setns(fd, static_cast<int>(facts.bit)) == 0) return {};
  return fail_call(errno,
                   format("setns({}, {})", fd, facts.flag),
                   format("cannot join the {} namespace", facts.long_name),
                   join_hint(errno, kind));
}

Result<void> unshare_namespaces(std::uint64_t flags) {
  if (unshare(static_cast<int>(flags)) == 0) return {};
  return fail_call(errno, format("unshare({})", flag_words(flags)), {}, unshare_hint(errno, flags));
}

std::string flag_words(std::uint64_t flags) {
  std::vector<std::string> words;
  for (const NamespaceKindFacts& facts : kKinds) {
    if ((flags & facts.bit) != 0) words.emplace_back(facts.flag);
  }
  return join(words, " | ");
}

}  // namespace isle::kernel
