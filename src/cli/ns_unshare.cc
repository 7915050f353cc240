// isle ns unshare: unshare(1)'s options.
#include <unistd.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "kernel/signal.h"
#include "toolbox/unshare.h"

namespace isle::cli {
namespace {

using kernel::NamespaceKind;
using options::Arity;
using options::Section;
using toolbox::UnshareRequest;

template <NamespaceKind Kind>
Result<void> take_kind(UnshareRequest& request, std::string_view value) {
  request.flags |= kernel::facts_of(Kind).bit;
  if (!value.empty()) request.pins[Kind] = std::string(value);
  return {};
}

template <std::optional<std::string> UnshareRequest::* Member>
Result<void> take_maybe(UnshareRequest& request, std::string_view value) {
  request.*Member = std::string(value);
  return {};
}

void need_user(UnshareRequest& request) {
  request.flags |= kernel::facts_of(NamespaceKind::User).bit;
}

Result<void> map_one(UnshareRequest& request, uid_t inside_uid, gid_t inside_gid) {
  need_user(request);
  request.own_uid = {.inside = inside_uid, .outside = geteuid(), .count = 1};
  request.own_gid = {.inside = inside_gid, .outside = getegid(), .count = 1};
  return {};
}

Result<void> take_owner(UnshareRequest& request, std::string_view value) {
  const Cut parts = cut(value, ':');
  need_user(request);
  request.owner =
      std::pair(TRY(toolbox::parse_user(parts.before)), TRY(toolbox::parse_group(parts.after)));
  return {};
}

Result<void> take_binfmt(UnshareRequest& request, std::string_view value) {
  request.flags |= kernel::facts_of(NamespaceKind::Mnt).bit;
  if (!value.empty()) request.mount_binfmt = std::string(value);
  if (!request.mount_binfmt) request.mount_binfmt = "/proc/sys/fs/binfmt_misc";
  return {};
}

Result<void> take_ranges(
    std::string_view value, toolbox::IdMap& map, bool& automatic, bool& all, bool& subids) {
  if (value == "auto") {
    automatic = true;
  } else if (value == "all") {
    all = true;
  } else if (value == "subids") {
    subids = true;
  } else {
    map.push_back(TRY(toolbox::parse_id_range(value)));
  }
  return {};
}

Result<void> take_offset(std::optional<std::string>& member,
                         std::string_view value,
                         std::string_view name) {
  member = format("{}", TRY(parse_int(value, name)));
  return {};
}

constexpr CommandFlag<UnshareRequest> kFlags[] = {
    {{"cgroup",
      'C',
      Arity::Optional,
      "FILE",
      "A new control group namespace, kept at FILE",
      Section::Namespaces},
     take_kind<NamespaceKind::Cgroup>},
    {{"ipc", 'i', Arity::Optional, "FILE", "A new IPC namespace", Section::Namespaces},
     take_kind<NamespaceKind::Ipc>},
    {{"mount", 'm', Arity::Optional, "FILE", "A new mount namespace", Section::Namespaces},
     take_kind<NamespaceKind::Mnt>},
    {{"net", 'n', Arity::Optional, "FILE", "A new network namespace", Section::Namespaces},
     take_kind<NamespaceKind::Net>},
    {{"pid",
      'p',
      Arity::Optional,
      "FILE",
      "A new PID namespace, for children",
      Section::Namespaces},
     take_kind<NamespaceKind::Pid>},
    {{"time",
      'T',
      Arity::Optional,
      "FILE",
      "A new time namespace, for children",
      Section::Namespaces},
     take_kind<NamespaceKind::Time>},
    {{"user", 'U', Arity::Optional, "FILE", "A new user namespace", Section::Namespaces},
     take_kind<NamespaceKind::User>},
    {{"uts", 'u', Arity::Optional, "FILE", "A new UTS namespace", Section::Namespaces},
     take_kind<NamespaceKind::Uts>},
    {{"fork",
      'f',
      Arity::Switch,
      nullptr,
      "Run the command as a child, which is process 1 of a new PID namespace",
      Section::Process},
     take_switch<UnshareRequest, &UnshareRequest::fork>},
    {{"kill-child",
      0,
      Arity::Optional,
      "SIGNAL",
      "Send it (KILL) to the child when isle ends; means --fork",
      Section::Process},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       request.kill_child = value.empty() ? 9 : TRY(kernel::parse_signal(value));
       request.fork = true;
       return {};
     }},
    {{"forward-signals",
      0,
      Arity::Switch,
      nullptr,
      "Send SIGINT and SIGTERM on to the child; means --fork",
      Section::Process},
     [](UnshareRequest& request, std::string_view) -> Result<void> {
       request.forward_signals = request.fork = true;
       return {};
     }},
    {{"clear-env",
      0,
      Arity::Switch,
      nullptr,
      "An empty environment for the command",
      Section::Process},
     [](UnshareRequest& request, std::string_view) -> Result<void> {
       if (!request.command.environment) request.command.environment.emplace();
       return {};
     }},
    {{"whitelist-env",
      0,
      Arity::Value,
      "NAME,...",
      "Only these variables for the command",
      Section::Process},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       request.command.environment = toolbox::environment_of_caller(value);
       return {};
     }},
    {{"map-root-user",
      'r',
      Arity::Switch,
      nullptr,
      "Be root inside; means --user",
      Section::Security},
     [](UnshareRequest& request, std::string_view) { return map_one(request, 0, 0); }},
    {{"map-current-user",
      'c',
      Arity::Switch,
      nullptr,
      "Be who you are inside, too; means --user",
      Section::Security},
     [](UnshareRequest& request, std::string_view) {
       return map_one(request, geteuid(), getegid());
     }},
    {{"map-user",
      0,
      Arity::Value,
      "USER",
      "The caller's id inside; means --user",
      Section::Security},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       need_user(request);
       request.own_uid = {
           .inside = TRY(toolbox::parse_user(value)), .outside = geteuid(), .count = 1};
       return {};
     }},
    {{"map-group",
      0,
      Arity::Value,
      "GROUP",
      "The caller's group inside; means --user",
      Section::Security},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       need_user(request);
       request.own_gid = {
           .inside = TRY(toolbox::parse_group(value)), .outside = getegid(), .count = 1};
       return {};
     }},
    {{"map-users",
      0,
      Arity::Value,
      "INSIDE:OUTSIDE:COUNT|auto|subids|all",
      "A range of users (repeatable); means --user",
      Section::Security},
     [](UnshareRequest& request, std::string_view value) {
       need_user(request);
       return take_ranges(
           value, request.uid_map, request.uid_auto, request.uid_all, request.uid_subids);
     }},
    {{"map-groups",
      0,
      Arity::Value,
      "INSIDE:OUTSIDE:COUNT|auto|subids|all",
      "A range of groups (repeatable); means --user",
      Section::Security},
     [](UnshareRequest& request, std::string_view value) {
       need_user(request);
       return take_ranges(
           value, request.gid_map, request.gid_auto, request.gid_all, request.gid_subids);
     }},
    {{"map-auto",
      0,
      Arity::Switch,
      nullptr,
      "The ranges of /etc/subuid and /etc/subgid, from the first free id on",
      Section::Security},
     [](UnshareRequest& request, std::string_view) -> Result<void> {
       need_user(request);
       request.uid_auto = request.gid_auto = true;
       return {};
     }},
    {{"map-subids",
      0,
      Arity::Switch,
      nullptr,
      "The ranges of /etc/subuid and /etc/subgid as they are outside",
      Section::Security},
     [](UnshareRequest& request, std::string_view) -> Result<void> {
       need_user(request);
       request.uid_subids = request.gid_subids = true;
       return {};
     }},
    {{"owner",
      0,
      Arity::Value,
      "USER:GROUP",
      "Whose the user namespace is; means --user",
      Section::Security},
     take_owner},
    {{"setgroups",
      0,
      Arity::Value,
      "allow|deny",
      "Whether groups may be dropped in the user namespace",
      Section::Security},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       if (value != "allow" && value != "deny") {
         return fail(ErrorKind::InvalidArgument,
                     format("--setgroups cannot be {}", quoted(value)),
                     "it is allow or deny");
       }
       request.setgroups = value == "allow";
       return {};
     }},
    {{"propagation",
      0,
      Arity::Value,
      "private|shared|slave|unchanged",
      "Of all mounts inside; private unless told",
      Section::Files},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       if (value != "private" && value != "shared" && value != "slave" && value != "unchanged") {
         return fail(ErrorKind::InvalidArgument,
                     format("--propagation cannot be {}", quoted(value)),
                     "it is private, shared, slave or unchanged");
       }
       request.propagation = std::string(value);
       return {};
     }},
    {{"mount-proc",
      0,
      Arity::Optional,
      "DIRECTORY",
      "A fresh procfs at DIRECTORY, or /proc; means --mount",
      Section::Files},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       request.flags |= kernel::facts_of(NamespaceKind::Mnt).bit;
       request.mount_proc = value.empty() ? "/proc" : std::string(value);
       return {};
     }},
    {{"mount-binfmt",
      0,
      Arity::Optional,
      "DIRECTORY",
      "binfmt_misc at DIRECTORY, or /proc/sys/fs/binfmt_misc; means --mount",
      Section::Files},
     take_binfmt},
    {{"load-interp",
      'l',
      Arity::Value,
      "TEXT",
      "Programs' interpreter for binfmt_misc; means --mount-binfmt",
      Section::Files},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       request.load_interp = std::string(value);
       return take_binfmt(request, "");
     }},
    {{"root", 'R', Arity::Value, "DIRECTORY", "The command's root", Section::Files},
     take_maybe<&UnshareRequest::root>},
    {{"wd", 'w', Arity::Value, "DIRECTORY", "The command's working directory", Section::Files},
     take_maybe<&UnshareRequest::directory>},
    {{"setuid", 'S', Arity::Value, "USER", "The command's user inside", Section::Security},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       request.command.uid = TRY(toolbox::parse_user(value));
       return {};
     }},
    {{"setgid", 'G', Arity::Value, "GROUP", "The command's group inside", Section::Security},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       request.command.gid = TRY(toolbox::parse_group(value));
       request.command.drop_groups = true;
       return {};
     }},
    {{"keep-caps",
      0,
      Arity::Switch,
      nullptr,
      "Keep the capabilities of the new user namespace over execve",
      Section::Security},
     [](UnshareRequest& request, std::string_view value) -> Result<void> {
       request.command.keep_capabilities = value == "true";
       return {};
     }},
    {{"monotonic",
      0,
      Arity::Value,
      "SECONDS",
      "Offset of the monotonic clock; means --time --fork",
      Section::Namespaces},
     [](UnshareRequest& request, std::string_view value) {
       request.flags |= kernel::facts_of(NamespaceKind::Time).bit;
       request.fork = true;
       return take_offset(request.monotonic, value, "--monotonic");
     }},
    {{"boottime",
      0,
      Arity::Value,
      "SECONDS",
      "Offset of the boot-time clock; means --time --fork",
      Section::Namespaces},
     [](UnshareRequest& request, std::string_view value) {
       request.flags |= kernel::facts_of(NamespaceKind::Time).bit;
       request.fork = true;
       return take_offset(request.boottime, value, "--boottime");
     }},
    {{"explain", 0, Arity::Switch, nullptr, "Tell each step on standard error", Section::General},
     take_switch<UnshareRequest, &UnshareRequest::explain>},
};

Result<int> unshare_it(Arguments arguments) {
  UnshareRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::EndsFlags, request));
  for (const std::string_view word : operands) request.command.words.emplace_back(word);
  return toolbox::unshare_and_run(std::move(request));
}

}  // namespace

int finish_command(const Result<int>& status, const char* name) {
  if (status) return *status;
  const bool of_command = status.error().call.starts_with("execvp");
  return complain(Error(status.error()).within(name),
                  of_command ? command_exit_status(status.error().errnum) : kExitEngine);
}

int ns_unshare_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("ns unshare"), flags_of(kFlags));
  }
  return finish_command(unshare_it(arguments), "ns unshare");
}

}  // namespace isle::cli
