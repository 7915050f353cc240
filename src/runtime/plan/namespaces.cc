// Which namespaces are new, joined or shared, and who makes them when (namespaces(7)).
//
// Most containers need no stage: one clone3(2) makes all new namespaces at once, the user namespace
// first. A stage is needed where a process may not or cannot enter itself and then go on as init:
// a joined PID namespace holds only children (setns(2)); a time namespace, too
// (time_namespaces(7)); a joined user namespace has to own the new ones; and what is joined beside
// a new user namespace has to be joined with the privileges of before. It clones init as the
// parent's child (CLONE_PARENT) and ends. The cgroup namespace is unshared by init itself once it
// is in its cgroup: that group becomes the namespace's root.

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/syscall.h>

#include "base/strings.h"
#include "runtime/plan/builder.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

namespace isle::runtime::plan {

namespace {

struct KindRow {
  const char* type;
  const char* name;
  std::uint64_t flag;
};
constexpr KindRow kRows[kKinds] = {
    {"mount", "mount", CLONE_NEWNS},
    {"uts", "UTS", CLONE_NEWUTS},
    {"ipc", "IPC", CLONE_NEWIPC},
    {"network", "network", CLONE_NEWNET},
    {"pid", "PID", CLONE_NEWPID},
    {"user", "user", CLONE_NEWUSER},
    {"cgroup", "cgroup", CLONE_NEWCGROUP},
    {"time", "time", CLONE_NEWTIME},
};
const KindRow& row(Kind kind) { return kRows[static_cast<unsigned>(kind)]; }

std::optional<unsigned> kind_of(std::string_view type) {
  for (unsigned i = 0; i < kKinds; ++i) {
    if (type == kRows[i].type) return i;
  }
  return std::nullopt;
}

bool needs_stage(const Builder& builder) {
  using enum Kind;
  for (const Kind kind : {Pid, User, Time, Mount}) {
    if (builder.of(kind) == Origin::Joined) return true;
  }
  if (builder.is_new(Time)) return true;
  return builder.is_new(User) && !builder.result.joined.empty();
}

Result<void> check_maps(const Builder& builder) {
  const auto& [uid_map, gid_map] =
      std::pair(builder.linux_.uid_mappings, builder.linux_.gid_mappings);
  if (!builder.is_new(Kind::User)) {
    if (!uid_map.empty() || !gid_map.empty()) {
      return fail(ErrorKind::InvalidArgument,
                  "linux.uidMappings: id maps need a new user namespace in linux.namespaces");
    }
    return {};
  }
  if (uid_map.empty() || gid_map.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "linux.uidMappings: a new user namespace needs uidMappings and gidMappings");
  }
  return {};
}

Result<void> check_privilege(const Builder& builder) {
  if (builder.facts.privileged() || builder.is_new(Kind::User) ||
      builder.of(Kind::User) == Origin::Joined) {
    return {};
  }
  return fail(ErrorKind::Denied,
              format("uid {} may not make namespaces without a user namespace", builder.facts.euid),
              "add {\"type\": \"user\"} with id maps to linux.namespaces (islet spec --rootless), "
              "or run as root");
}

// A map that needs newuidmap: an unprivileged writer may map one range of length 1, to itself
// (user_namespaces(7)).
bool needs_helper(const Builder& builder, const std::vector<oci::IdMapping>& map, bool group) {
  if (builder.facts.effective.contains(group ? 6 : 7)) return false;  // CAP_SETGID, CAP_SETUID
  const std::uint32_t own = group ? builder.facts.egid : builder.facts.euid;
  return map.size() != 1 || map[0].size != 1 || map[0].host_id != own;
}

void add_id_maps(Builder& builder) {
  const bool gid_helper = needs_helper(builder, builder.linux_.gid_mappings, true);
  const bool may_setgid = builder.facts.effective.contains(6);
  builder.parent(
      op::WriteIdMap{.group = false,
                     .map = builder.linux_.uid_mappings,
                     .by_helper = needs_helper(builder, builder.linux_.uid_mappings, false)},
      "write the uid map",
      "users inside are these users of the host");
  builder.parent(op::WriteIdMap{.group = true,
                                .map = builder.linux_.gid_mappings,
                                .deny_setgroups = !may_setgid && !gid_helper,
                                .by_helper = gid_helper},
                 "write the gid map",
                 "groups inside are these groups of the host");
}

bool maps_root(const Builder& builder) {
  if (builder.of(Kind::User) == Origin::Joined) return true;
  const auto has_zero = [](const std::vector<oci::IdMapping>& map) {
    for (const oci::IdMapping& range : map) {
      if (range.container_id == 0 && range.size > 0) return true;
    }
    return false;
  };
  return has_zero(builder.linux_.uid_mappings) && has_zero(builder.linux_.gid_mappings);
}

std::uint64_t clone_flags(const Builder& builder) {
  std::uint64_t flags = 0;
  for (unsigned i = 0; i < kKinds; ++i) {
    const auto kind = static_cast<Kind>(i);
    if (!builder.is_new(kind) || kind == Kind::Cgroup || kind == Kind::Time) continue;
    if (kind == Kind::User && builder.uses_stage) continue;
    flags |= row(kind).flag;
  }
  return flags;
}

void add_joins(Builder& builder, Actor actor) {
  // The user namespace first where it gives the privilege over the others.
  std::vector<Kind> order = {Kind::User,
                             Kind::Mount,
                             Kind::Uts,
                             Kind::Ipc,
                             Kind::Network,
                             Kind::Pid,
                             Kind::Cgroup,
                             Kind::Time};
  for (const Kind kind : order) {
    if (builder.of(kind) != Origin::Joined) continue;
    const Slot slot{.kind = SlotKind::Namespace,
                    .index = builder.slot[static_cast<unsigned>(kind)]};
    const std::string& path = builder.result.joined[slot.index].path;
    builder.add(
        actor,
        call(SYS_setns, format("setns({}, {})", path, row(kind).name), {slot, row(kind).flag}),
        format("join the {} namespace of {}", row(kind).name, path),
        "the spec names one that exists");
  }
}

void add_stage(Builder& builder) {
  builder.parent(op::Clone{.makes_stage = true},
                 "start the stage",
                 "namespaces that are joined, or made for children only, need a process between");
  add_joins(builder, Actor::Stage);
  if (builder.is_new(Kind::User)) {
    builder.add(Actor::Stage,
                call(SYS_unshare, "unshare(CLONE_NEWUSER)", {row(Kind::User).flag}),
                "make the user namespace",
                "its owner is made before what it owns");
    builder.add(Actor::Stage,
                op::Notify{.barrier = Barrier::UserMade},
                "tell the parent",
                "only a process outside may write the id maps");
    builder.parent(op::Await{.barrier = Barrier::UserMade}, "wait for the user namespace", "");
    add_id_maps(builder);
    builder.parent(op::Notify{.barrier = Barrier::UserMade}, "let the stage go on", "");
    builder.add(Actor::Stage, op::Await{.barrier = Barrier::UserMade}, "wait for the id maps", "");
  }
  if (builder.is_new(Kind::Time)) {
    builder.add(Actor::Stage,
                call(SYS_unshare, "unshare(CLONE_NEWTIME)", {row(Kind::Time).flag}),
                "make the time namespace",
                "clone3 ignores the flag; children enter it");
    if (!builder.linux_.time_offsets.empty()) {
      builder.add(Actor::Stage,
                  op::TimeOffsets{.offsets = builder.linux_.time_offsets},
                  "shift its clocks",
                  "possible only while nobody is inside");
    }
  }
}

}  // namespace

op::Call call(long number, std::string text, std::vector<op::CallArgument> arguments) {
  return {.number = number, .text = std::move(text), .arguments = std::move(arguments)};
}

std::uint64_t namespace_flag(std::string_view type) {
  const std::optional<unsigned> kind = kind_of(type);
  return kind ? kRows[*kind].flag : 0;
}

Result<void> read_namespaces(Builder& builder) {
  for (std::size_t i = 0; i < builder.linux_.namespaces.size(); ++i) {
    const oci::Namespace& wanted = builder.linux_.namespaces[i];
    const std::optional<unsigned> kind = kind_of(wanted.type);
    if (!kind) {
      return fail(
          ErrorKind::InvalidArgument,
          format("linux.namespaces[{}].type: no namespace kind {}", i, quoted(wanted.type)));
    }
    if (builder.origin[*kind] != Origin::Shared) {
      return fail(ErrorKind::InvalidArgument,
                  format("linux.namespaces[{}]: a second {} namespace", i, wanted.type));
    }
    if (wanted.path.empty()) {
      builder.origin[*kind] = Origin::New;
      continue;
    }
    builder.origin[*kind] = Origin::Joined;
    builder.slot[*kind] = static_cast<unsigned>(builder.result.joined.size());
    builder.result.joined.push_back(
        {.type = wanted.type, .path = wanted.path, .flag = kRows[*kind].flag});
  }
  if (!builder.is_new(Kind::Mount)) {
    return fail(
        ErrorKind::Unsupported,
        "linux.namespaces: a container without a new mount namespace would mount on the host",
        "add {\"type\": \"mount\"}");
  }
  if (!builder.linux_.time_offsets.empty() && !builder.is_new(Kind::Time)) {
    return fail(ErrorKind::InvalidArgument,
                "linux.timeOffsets: clocks shift only in a new time namespace",
                "add {\"type\": \"time\"} to linux.namespaces");
  }
  TRY(check_maps(builder));
  TRY(check_privilege(builder));
  builder.uses_stage = needs_stage(builder);
  builder.result.uses_stage = builder.uses_stage;
  return {};
}

void add_processes(Builder& builder) {
  if (builder.uses_stage) add_stage(builder);
  builder.add(builder.uses_stage ? Actor::Stage : Actor::Parent,
              op::Clone{.flags = clone_flags(builder), .into_cgroup = builder.cloned_into_cgroup},
              "make the container's first process",
              "it is born in its new namespaces");
  if (builder.is_new(Kind::User) && !builder.uses_stage) add_id_maps(builder);
  add_cgroup_attach(builder);
  add_resctrl(builder);
  add_net_devices(builder);
  add_wiring(builder);
  if (const oci::Process* process = builder.process();
      process != nullptr && process->oom_score_adj) {
    builder.parent(op::OomScore{.value = *process->oom_score_adj},
                   "set the OOM score",
                   "how readily the kernel picks it when memory runs out");
  }
  if (!builder.request.pid_file.empty()) {
    builder.parent(op::WritePidFile{.path = builder.request.pid_file.str()},
                   "write the pid file",
                   "the caller asked for it");
  }
  builder.parent(op::Notify{.barrier = Barrier::Prepared},
                 "let init go on",
                 "its identity and its limits are in place");
  builder.init(op::Await{.barrier = Barrier::Prepared},
               "wait for the parent",
               "nothing runs before id maps and limits hold");
}

void add_own_namespaces(Builder& builder) {
  builder.init(call(SYS_umask, "umask(0)", {std::uint64_t{0}}),
               "clear the umask",
               "modes below mean what they say");
  if (builder.isolated(Kind::User) && maps_root(builder)) {
    builder.init(call(SYS_setresgid, "setresgid(0, 0, 0)", {0UL, 0UL, 0UL}),
                 "become group 0 inside",
                 "files made below belong to the container's root");
    builder.init(call(SYS_setresuid, "setresuid(0, 0, 0)", {0UL, 0UL, 0UL}),
                 "become root inside",
                 "the map gives it rights over its own namespaces only");
  }
  builder.init(call(SYS_setsid, "setsid()", {}),
               "start a session",
               "the caller's terminal is not the container's");
  if (!builder.request.no_new_keyring) {
    op::Call join =
        call(SYS_keyctl,
             format("keyctl(JOIN_SESSION_KEYRING, _ses.{})", builder.request.id),
             {std::uint64_t{KEYCTL_JOIN_SESSION_KEYRING}, "_ses." + builder.request.id});
    join.tolerated_errno = 38;  // ENOSYS: a kernel without keyrings has none to hide
    builder.init(std::move(join),
                 "take a keyring of its own",
                 "keyrings are not part of any namespace but the user's");
  }
  if (!builder.uses_stage) add_joins(builder, Actor::Init);
  if (builder.is_new(Kind::Cgroup)) {
    builder.init(call(SYS_unshare, "unshare(CLONE_NEWCGROUP)", {row(Kind::Cgroup).flag}),
                 "make the cgroup namespace",
                 "its root is the group the container is in");
  }
}

}  // namespace isle::runtime::plan
