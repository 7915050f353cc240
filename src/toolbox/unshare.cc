#include "toolbox/unshare.h"

#include <cerrno>
#include <csignal>

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "toolbox/unshare_parts.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;

namespace {

bool has(const UnshareRequest& request, NamespaceKind kind) {
  return (request.flags & facts_of(kind).bit) != 0;
}

struct MapWish {
  std::optional<IdRange> own;
  bool automatic = false, all = false, subids = false;
};
Result<void> complete_map(IdMap& map, const MapWish& wish, const char* kind) {
  const std::string file = format("/etc/sub{}", kind);
  if (wish.all) {
    for (const IdRange& range : TRY(identity_map(format("{}_map", kind).c_str())))
      map.push_back(range);
  }
  if (wish.subids) {
    for (const IdRange& range : TRY(subordinate_ranges(file.c_str(), geteuid())))
      map.push_back(range);
  }
  if (wish.own) {
    map = cut_out(map, *wish.own);
    map.insert(map.begin(), *wish.own);
  }
  if (wish.automatic) add_automatic(map, TRY(subordinate_ranges(file.c_str(), geteuid())));
  return check_id_map(map, kind);
}

Result<void> complete_maps(UnshareRequest& request) {
  TRY(complete_map(request.uid_map,
                   {.own = request.own_uid,
                    .automatic = request.uid_auto,
                    .all = request.uid_all,
                    .subids = request.uid_subids},
                   "uid"));
  return complete_map(request.gid_map,
                      {.own = request.own_gid,
                       .automatic = request.gid_auto,
                       .all = request.gid_all,
                       .subids = request.gid_subids},
                      "gid");
}

Result<void> check(UnshareRequest& request) {
  TRY(complete_maps(request));
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
  if (request.load_interp && !has(request, NamespaceKind::User)) {
    return refuse("--load-interp without a user namespace would be for this whole host",
                  "add --user: a user namespace has interpreters of its own since Linux 6.7");
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

// The user namespace belongs to whoever makes it: become that user, for good.
Result<void> become_owner(Steps& steps, const UnshareRequest& request) {
  if (!request.owner) return {};
  const auto [uid, gid] = *request.owner;
  steps.tell(format("setgroups([]), setresgid({}), setresuid({})", gid, uid),
             "the user namespace belongs to who makes it");
  if (setgroups(0, nullptr) != 0 || setresgid(gid, gid, gid) != 0 ||
      setresuid(uid, uid, uid) != 0) {
    return fail_call(errno,
                     format("setresuid({})", uid),
                     "cannot make a user namespace for another user",
                     "--owner needs CAP_SETUID and CAP_SETGID");
  }
  // A change of ids closes /proc/self to its own process.
  prctl(PR_SET_DUMPABLE, 1);
  return {};
}

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

Result<void> run_command(Steps& steps, const UnshareRequest& request) {
  TRY(prepare_mounts(steps, request));
  return become(steps, request.command);
}

// The child waits until what concerns it from outside is done.
Result<int> run_child(Steps& steps, const UnshareRequest& request, UnshareHelper* helper) {
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
  if (helper != nullptr && !request.pins.empty()) TRY(helper->make_pins());
  if (write(gate.second.get(), "x", 1) != 1) return fail_call(errno, "write()");
  return wait_as_parent(child, request.forward_signals);
}

}  // namespace

Result<int> unshare_and_run(UnshareRequest request) {
  TRY(check(request));
  Steps steps(request.explain);
  std::optional<UnshareHelper> helper;
  const bool maps = !request.uid_map.empty() || !request.gid_map.empty() || request.setgroups;
  if (maps || !request.pins.empty()) helper = TRY(UnshareHelper::start(request));
  TRY(become_owner(steps, request));
  if (request.flags != 0) {
    steps.tell(format("unshare({})", kernel::flag_words(request.flags)),
               "new namespaces; the caller moves, except for PID and time");
    TRY(kernel::unshare_namespaces(request.flags));
  }
  if (maps) {
    tell_maps(steps, request);
    TRY(helper->write_maps());
  }
  TRY(set_offsets(steps, request));
  if (request.fork) {
    const Result<int> status = run_child(steps, request, helper ? &*helper : nullptr);
    if (helper) helper->end();
    return status;
  }
  if (!request.pins.empty()) TRY(helper->make_pins());
  if (helper) helper->end();
  TRY(run_command(steps, request));
  return 0;
}

}  // namespace isle::toolbox
