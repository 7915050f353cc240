#include "toolbox/enter.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/mountinfo.h"
#include "kernel/process.h"
#include "kernel/unix_socket.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;
using kernel::UniqueFd;

namespace {

struct Target {
  NamespaceKind kind = NamespaceKind::Uts;
  UniqueFd fd;
  std::string from;
};

// What is opened while we are still outside.
struct Opened {
  std::vector<Target> namespaces;
  UniqueFd pidfd, root, directory;
  std::string group;  // cgroup.procs of the target's group
};

bool is_own(int fd, NamespaceKind kind) {
  struct stat theirs{}, ours{};
  return fstat(fd, &theirs) == 0 &&
         stat(format("/proc/self/ns/{}", facts_of(kind).name).c_str(), &ours) == 0 &&
         theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
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
    UniqueFd fd = TRY(kernel::open_file(HostPath(path), O_RDONLY | O_NONBLOCK));
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

Result<void> find_group(const EnterRequest& request, Opened& opened) {
  const std::string groups =
      TRY(kernel::read_file(HostPath(format("/proc/{}/cgroup", request.target.value))));
  const std::string mounts = TRY(kernel::read_file(HostPath("/proc/self/mountinfo")));
  const auto trees = kernel::parse_mounts_of(mounts, "cgroup2");
  for (const std::string_view line : split(groups, '\n')) {
    if (!line.starts_with("0::") || trees.empty()) continue;
    opened.group = format("{}{}/cgroup.procs", trees[0].point, line.substr(3));
    return {};
  }
  return fail(ErrorKind::Unsupported,
              "--join-cgroup needs the cgroup v2 hierarchy",
              "on v1 write the number to cgroup.procs of each controller");
}

Result<Opened> open_all(EnterRequest& request) {
  Opened opened;
  if (request.target_fd >= 0) {
    opened.pidfd = TRY(kernel::duplicate(request.target_fd));
  } else if (request.target.value > 0) {
    opened.pidfd = TRY_STEP(kernel::open_pidfd(request.target), "find the target");
  }
  if (request.target.value > 0) TRY(open_of_target(request, opened));
  TRY(open_files(request, opened));
  for (const std::string& path : request.sockets) TRY(receive(path, opened));
  TRY(open_places(request, opened));
  if (request.join_cgroup) TRY(find_group(request, opened));
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

Result<void> join_one(Steps& steps, const Target& target) {
  steps.tell(format("setns({})", facts_of(target.kind).flag),
             format("the {} namespace {}", facts_of(target.kind).long_name, target.from));
  auto joined = kernel::join_namespace(target.fd.get(), target.kind);
  if (joined) return {};
  Error error = std::move(joined).error();
  const auto facts = kernel::look_at_namespace(target.fd.get());
  if (error.errnum == EINVAL && facts && facts->name.kind != target.kind) {
    error.hint.clear();
    return std::unexpected(std::move(error)
                               .within(format("enter {}", target.from))
                               .advise(format("it is of the kind {}: --{}={} joins it",
                                              facts_of(facts->name.kind).name,
                                              facts_of(facts->name.kind).long_name,
                                              target.from)));
  }
  return std::unexpected(std::move(error).within(format("enter {}", target.from)));
}

// What our own powers allow first: once in another user namespace they are gone. What they do not
// allow is tried again with those of that user namespace.
Result<void> join_all(Steps& steps, std::vector<Target>& targets) {
  std::vector<Target*> later;
  Target* user = nullptr;
  for (Target& target : targets) {
    if (target.kind == NamespaceKind::User) user = &target;
  }
  for (Target& target : targets) {
    if (&target == user) continue;
    auto joined = join_one(steps, target);
    if (joined) continue;
    if (joined.error().errnum != EPERM || user == nullptr) return joined;
    later.push_back(&target);
  }
  if (user != nullptr) TRY(join_one(steps, *user));
  // The mount namespace last, so that /proc stays ours until then.
  for (Target* target : later) TRY(join_one(steps, *target));
  return {};
}

Result<void> go_places(Steps& steps, const EnterRequest& request, const Opened& opened) {
  if (opened.root)
    TRY(change_root(steps, opened.root.get(), request.root.value_or("the target's root")));
  if (opened.directory) {
    steps.tell("fchdir()", "the working directory, opened outside");
    if (fchdir(opened.directory.get()) != 0) return fail_call(errno, "fchdir()");
  }
  if (request.inner_directory) return change_directory(steps, *request.inner_directory);
  return {};
}

bool enters(const Opened& opened, NamespaceKind kind) {
  return std::ranges::find(opened.namespaces, kind, &Target::kind) != opened.namespaces.end();
}

Result<void> finish(Steps& steps, EnterRequest& request, const Opened& opened) {
  TRY(go_places(steps, request, opened));
  if (enters(opened, NamespaceKind::User) && !request.preserve_credentials) {
    request.command.uid = request.command.uid.value_or(0);
    request.command.gid = request.command.gid.value_or(0);
    request.command.drop_groups = true;
  }
  return become(steps, request.command);
}

}  // namespace

Result<int> enter_and_run(EnterRequest request) {
  Steps steps(request.explain);
  Opened opened = TRY(open_all(request));
  if (!opened.group.empty()) {
    steps.tell(format("write({})", opened.group), "the target's control group");
    TRY(kernel::write_existing(HostPath(opened.group), "0"));
  }
  TRY(join_all(steps, opened.namespaces));
  if (enters(opened, NamespaceKind::Pid) && !request.no_fork) {
    steps.tell("fork()", "a PID namespace is entered by children only");
    const kernel::ForkedChild child = TRY(kernel::fork_child(false));
    if (!child.inside) return wait_as_parent(child);
    const auto failed = finish(steps, request, opened);
    print_error("isle", Error(failed.error()).within("ns enter"));
    _exit(failed.error().call.starts_with("execvp") ? command_exit_status(failed.error().errnum)
                                                    : kExitEngine);
  }
  TRY(finish(steps, request, opened));
  return 0;
}

}  // namespace isle::toolbox
