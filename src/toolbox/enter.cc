#include "toolbox/enter.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "toolbox/enter_parts.h"
#include "toolbox/inventory.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;
using kernel::UniqueFd;

namespace {

Result<void> join_one(Steps& steps, const EnterTarget& target) {
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
Result<void> join_all(Steps& steps, std::vector<EnterTarget>& targets) {
  std::vector<EnterTarget*> later;
  EnterTarget* user = nullptr;
  for (EnterTarget& target : targets) {
    if (target.kind == NamespaceKind::User) user = &target;
  }
  for (EnterTarget& target : targets) {
    if (&target == user) continue;
    auto joined = join_one(steps, target);
    if (joined) continue;
    if (joined.error().errnum != EPERM || user == nullptr) return joined;
    later.push_back(&target);
  }
  if (user != nullptr) TRY(join_one(steps, *user));
  // The mount namespace last, so that /proc stays ours until then.
  for (EnterTarget* target : later) TRY(join_one(steps, *target));
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
  return std::ranges::find(opened.namespaces, kind, &EnterTarget::kind) != opened.namespaces.end();
}

// The target's effective ids as its user namespace has them: read from inside, since the kernel
// translates for the reader (user_namespaces(7)).
Result<void> follow_ids(EnterRequest& request, const Opened& opened) {
  if (!request.follow_uid && !request.follow_gid) return {};
  const UniqueFd file = TRY_STEP(kernel::open_at(opened.process.get(), "status", O_RDONLY),
                                 "enter: the target has ended");
  const std::string status = TRY(kernel::read_all(file.get()));
  const auto effective = [&status](const char* key) {
    return parse_uint(trim(cut(cut(status_line(status, key), '\t').after, '\t').before), key);
  };
  if (request.follow_uid) request.command.uid = static_cast<uid_t>(TRY(effective("Uid")));
  if (request.follow_gid) {
    request.command.gid = static_cast<gid_t>(TRY(effective("Gid")));
    request.command.drop_groups = true;
  }
  return {};
}

Result<void> finish(Steps& steps, EnterRequest& request, const Opened& opened) {
  TRY(follow_ids(request, opened));
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
  Opened opened = TRY(open_for_entering(request));
  for (const std::string& group : opened.groups) {
    steps.tell(format("write({})", group), "the target's control group");
    TRY_STEP(kernel::write_existing(HostPath(group), "0"), "--join-cgroup");
  }
  TRY(join_all(steps, opened.namespaces));
  if (enters(opened, NamespaceKind::Pid) && !request.no_fork) {
    steps.tell("fork()", "a PID namespace is entered by children only");
    const kernel::ForkedChild child = TRY(kernel::fork_child(false));
    if (!child.inside) return wait_as_parent(child, false);
    const auto failed = finish(steps, request, opened);
    print_error("isle", Error(failed.error()).within("ns enter"));
    _exit(failed.error().call.starts_with("execvp") ? command_exit_status(failed.error().errnum)
                                                    : kExitEngine);
  }
  TRY(finish(steps, request, opened));
  return 0;
}

}  // namespace isle::toolbox
