// What becomes of the process itself: limits, labels, user, capabilities, seccomp, and the command.
// The order matters: privileges are needed up to the last step that uses them, the seccomp filter
// comes as late as it may (the profile need not allow what init still has to do), and after
// AwaitStart only what cannot wait is left. See capabilities(7), seccomp(2), prctl(2).

#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cstring>

#include "base/strings.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/seccomp.h"

namespace isle::runtime::plan {

namespace {

using kernel::CapabilitySet;

template <typename T>
op::Blob blob_of(const T* data, std::size_t count) {
  op::Blob blob(sizeof(T) * count);
  if (count != 0) std::memcpy(blob.data(), data, blob.size());
  return blob;
}

struct Sets {
  CapabilitySet bounding, effective, permitted, ambient;
};

class ProcessAdder {
 public:
  ProcessAdder(LaunchPlan& plan, const ProcessContext& context)
      : plan_(plan), context_(context), process_(context.process) {}

  Result<void> add() {
    TRY(check());
    TRY(read_capabilities());
    TRY(add_limits());
    TRY(add_labels());
    add_directory();
    add_bounding();
    add_user();
    add_tail();
    return {};
  }

 private:
  LaunchPlan& plan_;
  const ProcessContext& context_;
  const oci::Process& process_;
  Sets sets_;
  CapabilitySet wanted_;  // in any of the sets

  void init(Operation operation, std::string what, std::string why) {
    plan_.steps.push_back({.actor = Actor::Init,
                           .operation = std::move(operation),
                           .what = std::move(what),
                           .why = std::move(why)});
  }

  Result<void> check() {
    if (context_.has_command && (process_.args.empty() || process_.args[0].empty())) {
      return fail(ErrorKind::InvalidArgument, "process.args: no command");
    }
    if (!process_.cwd.starts_with('/')) {
      return fail(ErrorKind::InvalidArgument,
                  format("process.cwd: {} is not an absolute path", quoted(process_.cwd)));
    }
    for (std::size_t i = 0; i < process_.env.size(); ++i) {
      const std::size_t at = process_.env[i].find('=');
      if (at == std::string::npos || at == 0) {
        return fail(ErrorKind::InvalidArgument,
                    format("process.env[{}]: {} is not NAME=value", i, quoted(process_.env[i])));
      }
    }
    return {};
  }

  // What cannot be granted is no error but a warning (config.md, "Linux Process").
  CapabilitySet read_set(const oci::Strings& names, const char* which) {
    CapabilitySet set;
    for (const std::string& name : names) {
      const Result<CapabilitySet> one = kernel::parse_capability(name);
      if (one)
        set = set | *one;
      else
        plan_.warnings.push_back(format(
            "process.capabilities.{}: {} is left out: no such capability", which, quoted(name)));
    }
    wanted_ = wanted_ | set;
    CapabilitySet usable = set & grantable();
    if (!context_.keep_sys_chroot) usable = usable - CapabilitySet::of(CAP_SYS_CHROOT);
    return usable;
  }

  // The first process of a user namespace has all of them there.
  CapabilitySet grantable() const {
    const CapabilitySet known = CapabilitySet::up_to(context_.facts.last_capability);
    return context_.new_or_joined_user_namespace ? known : known & context_.facts.effective;
  }

  void warn_of_refused() {
    const CapabilitySet refused = wanted_ - grantable();
    if (refused.empty()) return;
    plan_.warnings.push_back(
        format("process.capabilities: {} cannot be granted: this kernel or the runtime itself does "
               "not have it",
               join(kernel::capability_names(refused), ", ")));
  }

  Result<void> read_capabilities() {
    // A spec that names none means none, as runc and crun have it.
    const oci::Capabilities wanted = process_.capabilities.value_or(oci::Capabilities{});
    sets_.bounding = read_set(wanted.bounding, "bounding");
    sets_.effective = read_set(wanted.effective, "effective");
    sets_.permitted = read_set(wanted.permitted, "permitted");
    sets_.ambient = read_set(wanted.ambient, "ambient");
    warn_of_refused();
    if (!wanted.inheritable.empty() && wanted.ambient.empty()) {
      plan_.warnings.emplace_back(
          "process.capabilities.inheritable is left empty: inherited capabilities survive exec "
          "of any file (CVE-2022-29162)");
    }
    if (!sets_.permitted.contains(sets_.effective)) {
      return fail(ErrorKind::InvalidArgument,
                  "process.capabilities.effective: holds what permitted does not");
    }
    if (!sets_.permitted.contains(sets_.ambient)) {
      return fail(ErrorKind::InvalidArgument,
                  "process.capabilities.ambient: holds what permitted does not");
    }
    return {};
  }

  // A hard limit above ours needs CAP_SYS_RESOURCE, and even with it no more files may be open than
  // fs.nr_open: clamped, and said.
  void lower(const std::string& type, int number, kernel::RlimitValue& value) {
    const bool free = context_.facts.may_raise_limits();
    const std::uint64_t own = context_.facts.limits[static_cast<std::size_t>(number)].hard;
    const std::uint64_t most = !free                     ? own
                               : number == RLIMIT_NOFILE ? context_.facts.most_open_files
                                                         : RLIM_INFINITY;
    if (value.hard <= most) return;
    plan_.warnings.push_back(format("{} {} lowered to {}: {}",
                                    type,
                                    kernel::format_rlimit(value),
                                    most,
                                    free ? "the sysctl fs.nr_open allows no more"
                                         : "raising the hard limit needs CAP_SYS_RESOURCE"));
    value.hard = most;
    value.soft = std::min(value.soft, value.hard);
  }

  Result<void> add_limits() {
    for (const oci::Rlimit& wanted : process_.rlimits) {
      const int number = TRY_STEP(kernel::parse_rlimit_name(wanted.type), "process.rlimits");
      kernel::RlimitValue value{.soft = wanted.soft, .hard = wanted.hard};
      if (value.soft > value.hard) {
        return fail(ErrorKind::InvalidArgument,
                    format("process.rlimits: {} soft {} is above hard {}",
                           wanted.type,
                           value.soft,
                           value.hard));
      }
      lower(wanted.type, number, value);
      const std::uint64_t pair[2] = {value.soft, value.hard};
      init(call(SYS_prlimit64,
                format("prlimit64({}, {})", wanted.type, kernel::format_rlimit(value)),
                {0UL, static_cast<std::uint64_t>(number), blob_of(pair, 2), 0UL}),
           "limit " + wanted.type,
           "process.rlimits");
    }
    return {};
  }

  Result<void> add_labels() {
    if (!process_.selinux_label.empty() && !context_.facts.selinux) {
      return fail(ErrorKind::Unsupported,
                  "process.selinuxLabel: SELinux is not in force on this host",
                  "leave the label out");
    }
    if (!process_.apparmor_profile.empty() && process_.apparmor_profile != "unconfined" &&
        !context_.facts.apparmor) {
      return fail(ErrorKind::Unsupported,
                  "process.apparmorProfile: AppArmor is not in force on this host",
                  "leave the profile out");
    }
    if (!process_.selinux_label.empty()) {
      init(op::WriteProc{.file = "self/attr/exec", .value = process_.selinux_label},
           "set the SELinux label",
           "the command runs under it");
    } else if (!process_.apparmor_profile.empty() && context_.facts.apparmor) {
      init(op::WriteProc{.file = "self/attr/apparmor/exec",
                         .value = "exec " + process_.apparmor_profile},
           "set the AppArmor profile",
           "the command runs under it");
    }
    return {};
  }

  void add_directory() {
    init(op::EnterDirectory{.path = process_.cwd},
         "enter " + process_.cwd,
         "checked to be inside the container");
  }

  void add_bounding() {
    init(op::BoundCapabilities{.keep = sets_.bounding.mask(),
                               .last = static_cast<unsigned>(context_.facts.last_capability)},
         "bound the capabilities",
         "no program the command starts can get more than these");
  }

  void add_user() {
    const oci::User& user = process_.user;
    init(op::OwnStdio{.owner = user.uid, .group = user.gid},
         "hand over the standard streams",
         "a command that runs as another user may reopen them");
    if (user.uid != 0) {
      init(call(SYS_prctl,
                "prctl(PR_SET_KEEPCAPS)",
                {std::uint64_t{PR_SET_KEEPCAPS}, 1UL, 0UL, 0UL, 0UL}),
           "keep capabilities over the change of user",
           "the spec says which ones stay");
    }
    add_groups();
    init(call(SYS_setresgid,
              format("setresgid({0}, {0}, {0})", user.gid),
              {id(user.gid), id(user.gid), id(user.gid)}),
         format("become group {}", user.gid),
         "process.user.gid");
    init(call(SYS_setresuid,
              format("setresuid({0}, {0}, {0})", user.uid),
              {id(user.uid), id(user.uid), id(user.uid)}),
         format("become user {}", user.uid),
         "process.user.uid");
    if (user.umask) {
      init(call(SYS_umask, format("umask({:04o})", *user.umask), {std::uint64_t{*user.umask}}),
           "set the umask",
           "process.user.umask");
    } else {
      init(call(SYS_umask, "umask(0022)", {std::uint64_t{022}}), "set the umask", "the usual one");
    }
  }

  static op::CallArgument id(std::uint32_t number) { return std::uint64_t{number}; }

  void add_groups() {
    const std::vector<std::uint32_t>& groups = process_.user.additional_gids;
    op::Call set =
        call(SYS_setgroups,
             format("setgroups({} groups)", groups.size()),
             {static_cast<std::uint64_t>(groups.size()), blob_of(groups.data(), groups.size())});
    // Where setgroups is denied (a single mapped id) none can be had, and none be asked for.
    if (groups.empty()) set.tolerated_errno = 1;  // EPERM
    init(std::move(set), "set the supplementary groups", "those of the caller do not come along");
  }

  op::Call capset(const Sets& sets, CapabilitySet extra, const char* text) {
    const CapabilitySet effective = sets.effective | extra;
    const CapabilitySet permitted = sets.permitted | extra;
    const CapabilitySet inheritable = sets.ambient;  // raised only where ambient needs it
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct data[2];
    for (unsigned i = 0; i < 2; ++i) {
      const unsigned shift = i * 32;
      data[i] = {.effective = static_cast<std::uint32_t>(effective.mask() >> shift),
                 .permitted = static_cast<std::uint32_t>(permitted.mask() >> shift),
                 .inheritable = static_cast<std::uint32_t>(inheritable.mask() >> shift)};
    }
    return call(SYS_capset, text, {blob_of(&header, 1), blob_of(data, 2)});
  }

  void add_capabilities(CapabilitySet extra) {
    const std::string names =
        sets_.effective.empty() ? "none" : join(kernel::capability_names(sets_.effective), ",");
    init(capset(sets_, extra, "capset()"),
         extra.empty() ? "set the capabilities"
                       : "set the capabilities, CAP_SYS_ADMIN for one more step",
         "effective: " + names);
  }

  void add_seccomp() {
    if (!context_.seccomp) return;
    const bool notifies = seccomp_notifies(*context_.seccomp);
    init(op::InstallSeccomp{.rules = context_.seccomp->syscalls.size(), .notifies = notifies},
         "install the seccomp filter",
         notifies ? "an agent decides some calls: it is sent the listener"
                  : seccomp_summary(*context_.seccomp));
  }

  void add_wait() {
    if (!context_.wait_for_start) return;
    // Engines tell a missing command from a start that failed by the verb that says so.
    if (context_.has_command) {
      init(op::FindCommand{.candidates = candidates(), .name = process_.args[0]},
           "find the command " + process_.args[0],
           "create says when it is missing, as runc does");
    }
    init(op::AwaitStart{}, "wait for start", "create ends here");
  }

  void add_no_new_privileges() {
    if (!process_.no_new_privileges) return;
    init(call(SYS_prctl,
              "prctl(PR_SET_NO_NEW_PRIVS)",
              {std::uint64_t{PR_SET_NO_NEW_PRIVS}, 1UL, 0UL, 0UL, 0UL}),
         "forbid new privileges",
         "set-uid programs and file capabilities give nothing");
  }

  void add_tail() {
    if (context_.is_seen_by_others) {
      init(call(SYS_prctl,
                "prctl(PR_SET_DUMPABLE, 0)",
                {std::uint64_t{PR_SET_DUMPABLE}, 0UL, 0UL, 0UL, 0UL}),
           "hide from those in its PID namespace",
           "with the container's own powers they could trace this process before the filter is on");
    }
    // Without no_new_privs the filter needs CAP_SYS_ADMIN once more (seccomp(2)).
    const bool needs_admin = context_.seccomp && !process_.no_new_privileges;
    add_capabilities(needs_admin ? CapabilitySet::of(CAP_SYS_ADMIN) : CapabilitySet());
    init(call(SYS_rt_sigprocmask,
              "rt_sigprocmask(SIG_SETMASK, [])",
              {std::uint64_t{SIG_SETMASK}, op::Blob(8), 0UL, 8UL}),
         "clear the signal mask",
         "the command starts with none blocked");
    if (context_.kill_with_parent) {
      init(call(SYS_prctl,
                "prctl(PR_SET_PDEATHSIG, SIGKILL)",
                {std::uint64_t{PR_SET_PDEATHSIG}, std::uint64_t{SIGKILL}, 0UL, 0UL, 0UL}),
           "die with the monitor",
           "a terminal cannot outlive its holder");
    }
    init(op::CloseInherited{.first = 3 + context_.preserve_fds},
         "close what was inherited",
         "no descriptor of the host gets inside");
    add_wait();
    if (!context_.has_command) return;
    add_no_new_privileges();
    add_seccomp();
    if (needs_admin) add_capabilities(CapabilitySet());
    if (!sets_.ambient.empty()) {
      init(op::AmbientCapabilities{.raise = sets_.ambient.mask(),
                                   .last = static_cast<unsigned>(context_.facts.last_capability)},
           "raise ambient capabilities",
           "process.capabilities.ambient");
    }
    add_exec();
  }

  void add_exec() {
    init(op::Exec{.candidates = candidates(), .args = process_.args, .env = process_.env},
         "execute " + process_.args[0],
         "init becomes the command");
  }

  std::vector<std::string> candidates() const {
    const std::string& name = process_.args[0];
    if (name.find('/') != std::string::npos) return {name};
    std::vector<std::string> paths;
    const std::string path = search_path();
    for (const std::string_view directory : split(path, ':')) {
      paths.push_back(directory.empty() ? "./" + name : std::string(directory) + "/" + name);
    }
    return paths;
  }

  std::string search_path() const {
    for (const std::string& variable : process_.env) {
      if (variable.starts_with("PATH=")) return variable.substr(5);
    }
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  }
};

}  // namespace

Result<void> add_process(LaunchPlan& plan, const ProcessContext& context) {
  return ProcessAdder(plan, context).add();
}

}  // namespace isle::runtime::plan
