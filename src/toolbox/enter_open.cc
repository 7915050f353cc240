#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/mountinfo.h"
#include "kernel/process.h"
#include "kernel/unix_socket.h"
#include "toolbox/discover.h"
#include "toolbox/enter_parts.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;
using kernel::UniqueFd;

namespace {

bool is_own(int fd, NamespaceKind kind) {
  struct stat theirs{}, ours{};
  return fstat(fd, &theirs) == 0 &&
         stat(format("/proc/self/ns/{}", facts_of(kind).name).c_str(), &ours) == 0 &&
         theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

// By the number that is never used again. What it is held by does not matter: the handle opens it.
Result<UniqueFd> open_by_id(NamespaceKind kind, std::string_view text) {
  const std::uint64_t id = TRY(parse_uint(text, "the id of a namespace"));
  const Inventory inventory = TRY(discover({}));
  for (const Namespace& space : inventory.namespaces) {
    if (space.id != id || space.name.kind != kind) continue;
    const UniqueFd nsfs = TRY(kernel::open_file(HostPath("/proc/self/ns/uts"), O_RDONLY));
    UniqueFd fd = TRY(kernel::open_namespace_handle(nsfs.get(), id, space.name));
    if (fd) return fd;
  }
  return fail(ErrorKind::NotFound,
              format("there is no {} namespace with the id {}", facts_of(kind).long_name, id),
              "isle ns show tells ids, from Linux 6.18 on");
}

Result<void> open_of_target(const EnterRequest& request, Opened& opened) {
  for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
    const bool asked = std::ranges::find(request.kinds, facts.kind) != request.kinds.end();
    if (!asked && !request.all) continue;
    if (request.files.contains(facts.kind)) continue;
    auto fd = kernel::open_namespace(request.target, facts.kind);
    if (!fd && !asked && fd.error().kind == ErrorKind::NotFound) continue;  // not of this kernel
    if (!fd) {
      return std::unexpected(std::move(fd).error().advise(
          "ptrace(2)'s rule decides who may open /proc/PID/ns: be the same user, or have "
          "CAP_SYS_PTRACE in that process' user namespace"));
    }
    // Joining the user namespace one is in is EINVAL; the other kinds would be no change.
    if (is_own(fd->get(), facts.kind) && (request.all || facts.kind == NamespaceKind::User))
      continue;
    opened.namespaces.push_back({.kind = facts.kind,
                                 .fd = std::move(*fd),
                                 .from = format("of process {}", request.target.value)});
  }
  return {};
}

Result<void> open_files(const EnterRequest& request, Opened& opened) {
  for (const auto& [kind, path] : request.files) {
    UniqueFd fd =
        TRY(path.starts_with(':') ? open_by_id(kind, std::string_view(path).substr(1))
                                  : kernel::open_file(HostPath(path), O_RDONLY | O_NONBLOCK));
    if (!kernel::is_namespace_file(fd.get())) {
      return fail(ErrorKind::InvalidArgument,
                  format("{} is no namespace", quoted(path)),
                  "it should be a file of /proc/PID/ns, or a bind mount of one (isle ns pin)");
    }
    opened.namespaces.push_back({.kind = kind, .fd = std::move(fd), .from = path});
  }
  return {};
}

// All descriptors that come with the first message.
Result<void> receive(const std::string& path, Opened& opened) {
  const std::size_t slash = path.rfind('/');
  const HostPath directory(
      slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1)));
  const UniqueFd socket = TRY(kernel::connect_at(
      directory, path.substr(slash == std::string::npos ? 0 : slash + 1), SOCK_STREAM));
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 16)];
  char text[64];
  iovec part{.iov_base = text, .iov_len = sizeof text};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC) < 0)
    return fail_call(errno, format("recvmsg({})", path));
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(one) + i * sizeof(int), sizeof number);
      UniqueFd fd(number);
      const kernel::NamespaceFacts facts =
          TRY_STEP(kernel::is_namespace_file(number)
                       ? kernel::look_at_namespace(number)
                       : fail(ErrorKind::InvalidArgument, "a descriptor that is no namespace"),
                   format("receive from {}", path));
      opened.namespaces.push_back({.kind = facts.name.kind, .fd = std::move(fd), .from = path});
    }
  }
  return {};
}

Result<void> open_places(const EnterRequest& request, Opened& opened) {
  constexpr int kDirectory = O_PATH | O_DIRECTORY;
  if (request.root) {
    opened.root = TRY(kernel::open_file(HostPath(*request.root), kDirectory));
  } else if (request.target_root) {
    opened.root =
        TRY(kernel::open_file(HostPath(format("/proc/{}/root", request.target.value)), kDirectory));
  }
  if (request.directory) {
    opened.directory = TRY(kernel::open_file(HostPath(*request.directory), kDirectory));
  } else if (request.target_directory) {
    opened.directory =
        TRY(kernel::open_file(HostPath(format("/proc/{}/cwd", request.target.value)), kDirectory));
  }
  return {};
}

// v2's one hierarchy, and each of v1 that is mounted here.
Result<void> find_groups(const EnterRequest& request, Opened& opened) {
  const std::string groups =
      TRY(kernel::read_file(HostPath(format("/proc/{}/cgroup", request.target.value))));
  const auto mounts =
      kernel::parse_mounts(TRY(kernel::read_file(HostPath("/proc/self/mountinfo"))));
  for (const std::string_view line : split(groups, '\n')) {
    const Cut first = cut(line, ':');
    const Cut second = cut(first.after, ':');  // "cpu,cpuacct"; empty: v2
    for (const kernel::MountLine& mount : mounts) {
      const bool is_v2 = second.before.empty() && mount.type == "cgroup2";
      const bool is_v1 =
          !second.before.empty() && mount.type == "cgroup" &&
          (mount.super_options + ",").find(format("{},", second.before)) != std::string::npos;
      if ((!is_v2 && !is_v1) || mount.root != "/") continue;
      opened.groups.push_back(
          format("{}{}/cgroup.procs", mount.point, second.after == "/" ? "" : second.after));
      break;
    }
  }
  if (!opened.groups.empty()) return {};
  return fail(ErrorKind::Unsupported,
              "--join-cgroup: no hierarchy of control groups is mounted",
              "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
}

// A pidfd's inode is never another process' (since Linux 6.9).
Result<void> check_inode(const EnterRequest& request, int pidfd) {
  if (!request.target_inode) return {};
  struct stat found{};
  if (fstat(pidfd, &found) != 0) return fail_call(errno, "fstat()");
  if (found.st_ino == *request.target_inode) return {};
  return fail(ErrorKind::NotFound,
              format("process {} is not the one with the inode {}, but with {}",
                     request.target.value,
                     *request.target_inode,
                     found.st_ino),
              "it has ended, and another has its number");
}

Result<void> open_target(const EnterRequest& request, Opened& opened) {
  if (request.target_fd >= 0) {
    opened.pidfd = TRY(kernel::duplicate(request.target_fd));
  } else if (request.target.value > 0) {
    opened.pidfd = TRY_STEP(kernel::open_pidfd(request.target), "find the target");
  }
  if (request.target.value <= 0) return {};
  TRY(check_inode(request, opened.pidfd.get()));
  opened.process = TRY(kernel::open_file(HostPath(format("/proc/{}", request.target.value)),
                                         O_RDONLY | O_DIRECTORY));
  return open_of_target(request, opened);
}

// The network namespace that a socket of the target's was made in: pidfd_getfd(2), SIOCGSKNS.
Result<void> open_of_socket(const EnterRequest& request, Opened& opened) {
  if (!request.target_socket) return {};
  const auto number = syscall(SYS_pidfd_getfd, opened.pidfd.get(), *request.target_socket, 0);
  const std::string name =
      format("descriptor {} of process {}", *request.target_socket, request.target.value);
  if (number < 0) {
    return fail_call(errno,
                     format("pidfd_getfd({})", *request.target_socket),
                     format("cannot take {}", name),
                     "EBADF: it is not open there; EPERM: ptrace(2)'s rule");
  }
  const UniqueFd socket(static_cast<int>(number));
  UniqueFd fd = kernel::network_of_socket(socket.get());
  if (!fd) return fail(ErrorKind::InvalidArgument, format("{} is no socket", name));
  opened.namespaces.push_back(
      {.kind = NamespaceKind::Net, .fd = std::move(fd), .from = format("of {}", name)});
  return {};
}

// The parent of the user namespace that is joined; else the owner of the first that is.
Result<void> open_user_parent(const EnterRequest& request, Opened& opened) {
  if (!request.user_parent) return {};
  const auto user = std::ranges::find(opened.namespaces, NamespaceKind::User, &EnterTarget::kind);
  if (user == opened.namespaces.end() && opened.namespaces.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "--user-parent: no namespace is named whose owner it could be",
                "add --user, --net ...");
  }
  kernel::NamespaceRelation relation = user != opened.namespaces.end()
                                           ? kernel::parent_of(user->fd.get())
                                           : kernel::owner_of(opened.namespaces[0].fd.get());
  if (!relation.fd) {
    return fail(ErrorKind::Denied,
                "--user-parent: it lies outside of what this user namespace may see",
                "ioctl_ns(2), EPERM");
  }
  const std::string from = "that is the parent";
  if (user != opened.namespaces.end()) opened.namespaces.erase(user);
  // Joining the one we are in is EINVAL, and would be no change.
  if (is_own(relation.fd.get(), NamespaceKind::User)) return {};
  opened.namespaces.push_back(
      {.kind = NamespaceKind::User, .fd = std::move(relation.fd), .from = from});
  return {};
}

}  // namespace

Result<Opened> open_for_entering(EnterRequest& request) {
  Opened opened;
  TRY(open_target(request, opened));
  TRY(open_files(request, opened));
  for (const std::string& path : request.sockets) TRY(receive(path, opened));
  TRY(open_of_socket(request, opened));
  TRY(open_user_parent(request, opened));
  TRY(open_places(request, opened));
  if (request.join_cgroup) TRY(find_groups(request, opened));
  if (request.environment) {
    request.command.environment.emplace();
    const std::string text =
        TRY(kernel::read_file(HostPath(format("/proc/{}/environ", request.target.value))));
    for (const std::string_view one : split(text, '\0')) {
      if (!one.empty()) request.command.environment->emplace_back(one);
    }
  }
  // All of it was this process' and not another's that got its number since.
  if (opened.pidfd)
    TRY_STEP(kernel::send_signal(opened.pidfd.get(), 0), "enter: the target has ended");
  return opened;
}

}  // namespace isle::toolbox
