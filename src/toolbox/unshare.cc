#include "toolbox/unshare.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/process.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;
using kernel::UniqueFd;

namespace {

bool has(const UnshareRequest& request, NamespaceKind kind) {
  return (request.flags & facts_of(kind).bit) != 0;
}

Result<void> complete_map(IdMap& map, bool automatic, bool all, bool subids, const char* kind) {
  const std::string file = format("/etc/sub{}", kind);
  if (all) {
    for (const IdRange& range : TRY(identity_map(format("{}_map", kind).c_str())))
      map.push_back(range);
  }
  if (automatic) add_automatic(map, TRY(subordinate_ranges(file.c_str(), geteuid())));
  if (subids) {
    for (const IdRange& range : TRY(subordinate_ranges(file.c_str(), geteuid())))
      map.push_back(range);
  }
  return check_id_map(map, kind);
}

Result<void> check(UnshareRequest& request) {
  TRY(complete_map(request.uid_map, request.uid_auto, request.uid_all, request.uid_subids, "uid"));
  TRY(complete_map(request.gid_map, request.gid_auto, request.gid_all, request.gid_subids, "gid"));
  const auto refuse = [](const char* what, const char* hint) {
    return fail(ErrorKind::InvalidArgument, what, hint);
  };
  const bool maps = !request.uid_map.empty() || !request.gid_map.empty() || request.setgroups;
  if (maps && !has(request, NamespaceKind::User))
    return refuse("ids are mapped in a user namespace only", "add --user");
  if ((request.monotonic || request.boottime) && !has(request, NamespaceKind::Time)) {
    return refuse("offsets of clocks need a time namespace", "add --time");
  }
  if (request.pins.contains(NamespaceKind::Pid) && !request.fork) {
    return refuse("a PID namespace without a process cannot be kept: its file does not exist yet",
                  "add --fork");
  }
  if (request.mount_proc && !has(request, NamespaceKind::Mnt)) {
    return refuse("--mount-proc without a mount namespace would hide this host's /proc",
                  "add --mount");
  }
  const bool for_children = has(request, NamespaceKind::Pid) || has(request, NamespaceKind::Time);
  if (for_children && !request.fork) {
    static_cast<void>(kernel::write_all(
        2,
        has(request, NamespaceKind::Pid)
            ? "isle: without --fork the command stays outside: its first child is process 1 of the "
              "new PID namespace, and once that has ended every fork fails with ENOMEM\n"
            : "isle: without --fork the command stays outside: its children are in the new time "
              "namespace\n"));
  }
  if (request.setgroups == true && !request.gid_map.empty() && geteuid() != 0) {
    return refuse("an ordinary user may map a group only where setgroups is denied",
                  "leave out --setgroups allow (user_namespaces(7))");
  }
  return {};
}

// ---- the helper: stays in the caller's namespaces and has his powers ---------------------------

Result<void> write_maps(const UnshareRequest& request, Pid pid) {
  const bool deny = request.setgroups == false ||
                    (!request.setgroups && !request.gid_map.empty() && geteuid() != 0 &&
                     request.gid_map.size() == 1 && request.gid_map[0].count == 1);
  if (deny) {
    TRY(kernel::write_existing(HostPath(format("/proc/{}/setgroups", pid.value)), "deny"));
  }
  if (!request.gid_map.empty()) TRY(write_map(pid, "gid_map", request.gid_map));
  if (!request.uid_map.empty()) TRY(write_map(pid, "uid_map", request.uid_map));
  return {};
}

Result<void> write_pins(const UnshareRequest& request, Pid pid) {
  for (const auto& [kind, path] : request.pins) {
    const auto& facts = facts_of(kind);
    const std::string source = format(
        "/proc/{}/ns/{}", pid.value, facts.children != nullptr ? facts.children : facts.name);
    TRY(kernel::open_file(HostPath(path), O_CREAT | O_RDONLY | O_NONBLOCK, 0444));
    if (mount(source.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      return fail_call(errno,
                       format("mount({} on {}, bind)", source, path),
                       {},
                       kind == NamespaceKind::Mnt
                           ? "a mount namespace can be kept only on a private mount that it is not "
                             "a copy of: mount --bind --make-private DIR DIR"
                           : "bind mounts need CAP_SYS_ADMIN outside");
    }
  }
  return {};
}

class Helper {
 public:
  static Result<Helper> start(const UnshareRequest& request) {
    Helper helper;
    auto [ours, theirs] = TRY(kernel::make_socketpair(SOCK_SEQPACKET));
    const Pid parent{getpid()};
    helper.child_ = TRY(kernel::fork_child(true));
    if (helper.child_.inside) {
      ours.reset();
      serve(request, parent, theirs.get());
    }
    helper.wire_ = std::move(ours);
    return helper;
  }
  // 'm': the maps; 'p': the pins.
  Result<void> ask(char what) const {
    char text[4096];
    if (send(wire_.get(), &what, 1, MSG_NOSIGNAL) != 1) return fail_call(errno, "send()");
    const ssize_t length = recv(wire_.get(), text, sizeof text, 0);
    if (length <= 0) return fail(ErrorKind::Internal, "the helper has ended");
    if (text[0] == '+') return {};
    const Cut parts = cut(std::string_view(text + 1, static_cast<std::size_t>(length - 1)), '\n');
    return fail(ErrorKind::Denied, std::string(parts.before), std::string(parts.after));
  }
  void end() {
    wire_.reset();
    if (child_.pidfd) static_cast<void>(kernel::wait_for(child_.pidfd.get()));
  }

 private:
  UniqueFd wire_;
  kernel::ForkedChild child_;

  [[noreturn]] static void serve(const UnshareRequest& request, Pid parent, int wire) {
    char what = 0;
    while (recv(wire, &what, 1, 0) == 1) {
      const auto done = what == 'm' ? write_maps(request, parent) : write_pins(request, parent);
      const std::string answer =
          done ? "+" : format("-{}\n{}", done.error().describe(), done.error().hint);
      if (send(wire, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
    }
    _exit(0);
  }
};

// ---- the caller's steps ------------------------------------------------------------------------

Result<void> set_offsets(Steps& steps, const UnshareRequest& request) {
  std::string text;
  if (request.monotonic) text += format("monotonic {} 0\n", *request.monotonic);
  if (request.boottime) text += format("boottime {} 0\n", *request.boottime);
  if (text.empty()) return {};
  steps.tell("write(/proc/self/timens_offsets)", "while no process is in the new time namespace");
  const auto written = kernel::write_existing(HostPath("/proc/self/timens_offsets"), text);
  if (written) return {};
  return std::unexpected(Error(written.error())
                             .within("set the clocks' offsets")
                             .advise("ERANGE: a clock would be negative; EPERM: no CAP_SYS_TIME in "
                                     "the user namespace that owns it (time_namespaces(7))"));
}

void tell_maps(Steps& steps, const UnshareRequest& request) {
  if (request.setgroups == false)
    steps.tell("write(setgroups, deny)", "groups cannot be dropped inside");
  if (!request.gid_map.empty()) {
    steps.tell(format("write(gid_map, {})", map_words(request.gid_map)),
               "groups inside and outside");
  }
  if (!request.uid_map.empty()) {
    steps.tell(format("write(uid_map, {})", map_words(request.uid_map)),
               "users inside and outside");
  }
}

// ---- the command's steps
// -------------------------------------------------------------------------

Result<void> call_mount(Steps& steps,
                        const char* source,
                        const std::string& target,
                        const char* type,
                        unsigned long flags,
                        const char* words,
                        const char* why) {
  const std::string call = format("mount({}, {})", target, words);
  steps.tell(call, why);
  if (mount(source, target.c_str(), type, flags, nullptr) == 0) return {};
  return fail_call(errno,
                   call,
                   {},
                   "a fresh procfs is refused in a user namespace while parts of the old one are "
                   "masked, and without a PID namespace of one's own (mount_namespaces(7))");
}

Result<void> prepare_mounts(Steps& steps, const UnshareRequest& request) {
  if (has(request, NamespaceKind::Mnt) && request.propagation != "unchanged") {
    const unsigned long flag = request.propagation == "shared"  ? MS_SHARED
                               : request.propagation == "slave" ? MS_SLAVE
                                                                : MS_PRIVATE;
    TRY(call_mount(steps,
                   "none",
                   "/",
                   nullptr,
                   MS_REC | flag,
                   request.propagation.c_str(),
                   "what is mounted inside stays inside: a copy of a shared mount is shared"));
  }
  if (request.root) {
    const UniqueFd root = TRY(kernel::open_file(HostPath(*request.root), O_PATH | O_DIRECTORY));
    TRY(change_root(steps, root.get(), *request.root));
  }
  if (request.mount_proc) {
    if (!request.root && *request.mount_proc == "/proc") {
      TRY(call_mount(steps,
                     "none",
                     "/proc",
                     nullptr,
                     MS_REC | MS_PRIVATE,
                     "private",
                     "the old one stays as it is elsewhere"));
    }
    TRY(call_mount(steps,
                   "proc",
                   *request.mount_proc,
                   "proc",
                   MS_NOSUID | MS_NOEXEC | MS_NODEV,
                   "proc",
                   "a procfs of the new PID namespace"));
  }
  if (request.directory) TRY(change_directory(steps, *request.directory));
  return {};
}

Result<void> run_command(Steps& steps, const UnshareRequest& request) {
  TRY(prepare_mounts(steps, request));
  return become(steps, request.command);
}

// The child waits until what concerns it from outside is done.
Result<int> run_child(Steps& steps, const UnshareRequest& request, Helper* helper) {
  const kernel::FdPair gate = TRY(kernel::make_pipe());
  steps.tell("fork()", "PID and time namespaces are entered by children");
  kernel::ForkedChild child = TRY(kernel::fork_child(false));
  if (child.inside) {
    close(gate.second.get());
    if (request.kill_child) prctl(PR_SET_PDEATHSIG, *request.kill_child);
    char word = 0;
    if (read(gate.first.get(), &word, 1) != 1) _exit(kExitEngine);
    const auto failed = run_command(steps, request);
    print_error("isle", Error(failed.error()).within("ns unshare"));
    _exit(failed.error().call.starts_with("execvp") ? command_exit_status(failed.error().errnum)
                                                    : kExitEngine);
  }
  if (helper != nullptr && !request.pins.empty()) TRY(helper->ask('p'));
  if (write(gate.second.get(), "x", 1) != 1) return fail_call(errno, "write()");
  return wait_as_parent(child);
}

}  // namespace

Result<int> unshare_and_run(UnshareRequest request) {
  TRY(check(request));
  Steps steps(request.explain);
  std::optional<Helper> helper;
  const bool maps = !request.uid_map.empty() || !request.gid_map.empty() || request.setgroups;
  if (maps || !request.pins.empty()) helper = TRY(Helper::start(request));
  if (request.flags != 0) {
    steps.tell(format("unshare({})", kernel::flag_words(request.flags)),
               "new namespaces; the caller moves, except for PID and time");
    TRY(kernel::unshare_namespaces(request.flags));
  }
  if (maps) {
    tell_maps(steps, request);
    TRY(helper->ask('m'));
  }
  TRY(set_offsets(steps, request));
  if (request.fork) {
    const Result<int> status = run_child(steps, request, helper ? &*helper : nullptr);
    if (helper) helper->end();
    return status;
  }
  if (!request.pins.empty()) TRY(helper->ask('p'));
  if (helper) helper->end();
  TRY(run_command(steps, request));
  return 0;
}

}  // namespace isle::toolbox
