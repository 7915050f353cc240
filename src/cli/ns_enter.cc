// isle ns enter (nsenter(1)'s options) and exec.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "toolbox/enter.h"
#include "toolbox/pin.h"
#include "toolbox/words.h"

namespace isle::cli {
namespace {

using kernel::NamespaceKind;
using options::Arity;
using options::Section;
using toolbox::EnterRequest;

struct Request {
  std::string target;
  EnterRequest enter;
};

template <NamespaceKind Kind>
Result<void> take_kind(Request& request, std::string_view value) {
  if (value.empty()) {
    request.enter.kinds.push_back(Kind);
  } else {
    request.enter.files[Kind] = std::string(value);
  }
  return {};
}

template <bool EnterRequest::* Member>
Result<void> take_enter_switch(Request& request, std::string_view value) {
  request.enter.*Member = value == "true";
  return {};
}

// With a directory that one, alone the target's.
Result<void> take_place(std::string_view value, std::optional<std::string>& place, bool& targets) {
  if (value.empty()) {
    targets = true;
  } else {
    place = std::string(value);
  }
  return {};
}

Result<void> take_socket(Request& request, std::string_view value) {
  request.enter.sockets.emplace_back(value);
  return {};
}

Result<void> take_net_socket(Request& request, std::string_view value) {
  request.enter.target_socket = static_cast<int>(TRY(parse_uint(value, "a descriptor")));
  return {};
}

Result<void> take_root(Request& request, std::string_view value) {
  return take_place(value, request.enter.root, request.enter.target_root);
}

Result<void> take_wd(Request& request, std::string_view value) {
  return take_place(value, request.enter.directory, request.enter.target_directory);
}

Result<void> take_wdns(Request& request, std::string_view value) {
  request.enter.inner_directory = std::string(value);
  return {};
}

Result<void> take_setuid(Request& request, std::string_view value) {
  request.enter.follow_uid = value == "follow";
  if (request.enter.follow_uid) return {};
  request.enter.command.uid = TRY(toolbox::parse_user(value));
  return {};
}

Result<void> take_setgid(Request& request, std::string_view value) {
  request.enter.follow_gid = value == "follow";
  if (request.enter.follow_gid) return {};
  request.enter.command.gid = TRY(toolbox::parse_group(value));
  request.enter.command.drop_groups = true;
  return {};
}

Result<void> take_keep_caps(Request& request, std::string_view value) {
  request.enter.command.keep_capabilities = value == "true";
  return {};
}

Result<void> take_follow_context(Request&, std::string_view) {
  return fail(ErrorKind::Unsupported,
              "--follow-context is not supported",
              "isle does not set SELinux labels");
}

constexpr CommandFlag<Request> kEnv = {
    {"env", 'e', Arity::Switch, nullptr, "The target's environment", Section::Process},
    take_enter_switch<&EnterRequest::environment>};
constexpr CommandFlag<Request> kSetuid = {{"setuid",
                                           'S',
                                           Arity::Value,
                                           "USER",
                                           "The command's user inside, or follow: the target's",
                                           Section::Security},
                                          take_setuid};
constexpr CommandFlag<Request> kSetgid = {{"setgid",
                                           'G',
                                           Arity::Value,
                                           "GROUP",
                                           "The command's group inside, or follow: the target's",
                                           Section::Security},
                                          take_setgid};
constexpr CommandFlag<Request> kPreserve = {
    {"preserve-credentials",
     0,
     Arity::Switch,
     nullptr,
     "Do not become root of a user namespace that is entered",
     Section::Security},
    take_enter_switch<&EnterRequest::preserve_credentials>};
constexpr CommandFlag<Request> kKeepCaps = {{"keep-caps",
                                             0,
                                             Arity::Switch,
                                             nullptr,
                                             "Keep the capabilities over execve",
                                             Section::Security},
                                            take_keep_caps};
constexpr CommandFlag<Request> kWdns = {{"wdns",
                                         'W',
                                         Arity::Value,
                                         "DIRECTORY",
                                         "A working directory as it is called inside",
                                         Section::Files},
                                        take_wdns};
constexpr CommandFlag<Request> kJoinCgroup = {{"join-cgroup",
                                               'c',
                                               Arity::Switch,
                                               nullptr,
                                               "Join the target's control groups, too",
                                               Section::Limits},
                                              take_enter_switch<&EnterRequest::join_cgroup>};
constexpr CommandFlag<Request> kExplain = {
    {"explain", 0, Arity::Switch, nullptr, "Tell each step on standard error", Section::General},
    take_enter_switch<&EnterRequest::explain>};

constexpr CommandFlag<Request> kFlags[] = {
    {{"target",
      't',
      Arity::Value,
      "PROCESS[:INODE]|CONTAINER|pidfd:N",
      "Whose namespaces",
      Section::Namespaces},
     take_text<Request, &Request::target>},
    {{"all",
      'a',
      Arity::Switch,
      nullptr,
      "Every kind in which the target is elsewhere",
      Section::Namespaces},
     take_enter_switch<&EnterRequest::all>},
    {{"cgroup",
      'C',
      Arity::Optional,
      "FILE|:ID",
      "The control group namespace, of FILE, of that id, or the target's",
      Section::Namespaces},
     take_kind<NamespaceKind::Cgroup>},
    {{"ipc", 'i', Arity::Optional, "FILE|:ID", "The IPC namespace", Section::Namespaces},
     take_kind<NamespaceKind::Ipc>},
    {{"mount", 'm', Arity::Optional, "FILE|:ID", "The mount namespace", Section::Namespaces},
     take_kind<NamespaceKind::Mnt>},
    {{"net", 'n', Arity::Optional, "FILE|:ID", "The network namespace", Section::Namespaces},
     take_kind<NamespaceKind::Net>},
    {{"pid",
      'p',
      Arity::Optional,
      "FILE|:ID",
      "The PID namespace: the command is a child",
      Section::Namespaces},
     take_kind<NamespaceKind::Pid>},
    {{"time", 'T', Arity::Optional, "FILE|:ID", "The time namespace", Section::Namespaces},
     take_kind<NamespaceKind::Time>},
    {{"user", 'U', Arity::Optional, "FILE|:ID", "The user namespace", Section::Namespaces},
     take_kind<NamespaceKind::User>},
    {{"uts", 'u', Arity::Optional, "FILE|:ID", "The UTS namespace", Section::Namespaces},
     take_kind<NamespaceKind::Uts>},
    {{"user-parent",
      0,
      Arity::Switch,
      nullptr,
      "The user namespace above --user's, or that owns the others",
      Section::Namespaces},
     take_enter_switch<&EnterRequest::user_parent>},
    {{"net-socket",
      'N',
      Arity::Value,
      "FD",
      "The network namespace of this socket of the target's",
      Section::Namespaces},
     take_net_socket},
    {{"socket",
      0,
      Arity::Value,
      "PATH",
      "Those whose descriptors come over this UNIX socket (repeatable)",
      Section::Namespaces},
     take_socket},
    {{"root", 'r', Arity::Optional, "DIRECTORY", "The target's root, or DIRECTORY", Section::Files},
     take_root},
    {{"wd",
      'w',
      Arity::Optional,
      "DIRECTORY",
      "The target's working directory, or DIRECTORY",
      Section::Files},
     take_wd},
    kWdns,
    kEnv,
    {{"no-fork",
      'F',
      Arity::Switch,
      nullptr,
      "Do not fork for a PID namespace: only later children enter",
      Section::Process},
     take_enter_switch<&EnterRequest::no_fork>},
    kSetuid,
    kSetgid,
    kPreserve,
    kKeepCaps,
    kJoinCgroup,
    {{"follow-context", 'Z', Arity::Switch, nullptr, nullptr, Section::Security},
     take_follow_context},
    kExplain,
};

// Where a process is says all but who the command is.
constexpr CommandFlag<Request> kExecFlags[] = {
    kEnv, kWdns, kSetuid, kSetgid, kPreserve, kKeepCaps, kJoinCgroup, kExplain};

Result<Pid> process_of_pidfd(int fd) {
  const std::string text = TRY(kernel::read_file(HostPath(format("/proc/self/fdinfo/{}", fd))));
  const std::string pid = toolbox::status_line(text, "Pid");
  const auto number = parse_int(pid, "a process");
  if (number && *number > 0) return Pid{static_cast<pid_t>(*number)};
  return fail(ErrorKind::NotFound,
              format("descriptor {} is no pidfd of a process that lives", fd),
              "pidfd_open(2) makes one; it must come to isle without close-on-exec");
}

Result<void> find_target(Request& request) {
  if (request.target.empty()) return {};
  const std::string_view word = request.target;
  if (word.starts_with("pidfd:")) {
    request.enter.target_fd = static_cast<int>(TRY(parse_uint(word.substr(6), "a descriptor")));
    request.enter.target = TRY(process_of_pidfd(request.enter.target_fd));
    return {};
  }
  const Cut parts = cut(word, ':');
  if (!parts.after.empty()) {
    request.enter.target_inode = TRY(parse_uint(parts.after, "the inode of a pidfd"));
    request.enter.target = TRY(toolbox::find_process({}, parts.before));
    return {};
  }
  const bool is_number = word.find_first_not_of("0123456789") == std::string_view::npos;
  request.enter.target =
      TRY(toolbox::find_process(is_number ? toolbox::ContainerNames() : container_names(), word));
  return {};
}

Result<void> check_request(const Request& request) {
  const EnterRequest& enter = request.enter;
  const bool needs_target = enter.all || !enter.kinds.empty() || enter.target_root ||
                            enter.target_directory || enter.environment || enter.join_cgroup ||
                            enter.follow_uid || enter.follow_gid || enter.target_socket;
  if (needs_target && request.target.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "no target is named",
                "--target PROCESS or CONTAINER says whose");
  }
  if (enter.inner_directory && (enter.directory || enter.target_directory)) {
    return fail(ErrorKind::InvalidArgument,
                "--wd and --wdns name two working directories",
                "--wd is opened outside, --wdns inside");
  }
  const bool has_place = enter.root || enter.directory || enter.inner_directory;
  if (!needs_target && !has_place && enter.files.empty() && enter.sockets.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "no namespace is named",
                "--all, or the kinds: --net, --uts ...");
  }
  return {};
}

Result<int> enter(Arguments arguments) {
  Request request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::EndsFlags, request));
  TRY(check_request(request));
  TRY(find_target(request));
  for (const std::string_view word : operands) request.enter.command.words.emplace_back(word);
  return toolbox::enter_and_run(std::move(request.enter));
}

// All of a process, root and working directory with it; or the one namespace kept under a name.
Result<int> exec(Arguments arguments) {
  Request request;
  const auto operands =
      TRY(take_flags(kExecFlags, arguments, options::Operands::EndsFlags, request));
  if (operands.size() < 2) {
    return fail(ErrorKind::InvalidArgument,
                "no command is named",
                "isle ns exec PROCESS|CONTAINER|NAME COMMAND");
  }
  const auto target = toolbox::find_process(container_names(), operands[0]);
  if (target) {
    request.enter.target = *target;
    request.enter.all = request.enter.target_root = request.enter.target_directory = true;
  } else {
    const auto kept = toolbox::find_pin(operands[0]);
    if (!kept && kept.error().kind == ErrorKind::Conflict) return std::unexpected(kept.error());
    if (!kept) {
      return fail(
          ErrorKind::NotFound,
          format("there is no process, container or kept namespace {}", quoted(operands[0])),
          "isle ps and isle ns pin list them");
    }
    const EnterRequest& enter = request.enter;
    if (enter.environment || enter.join_cgroup || enter.follow_uid || enter.follow_gid) {
      return fail(
          ErrorKind::InvalidArgument,
          format("{} is a namespace without a process that could be followed", quoted(operands[0])),
          "leave out --env, --join-cgroup and follow");
    }
    request.enter.files[kept->kind] = kept->path;
  }
  for (const std::string_view word : std::span(operands).subspan(1)) {
    request.enter.command.words.emplace_back(word);
  }
  return toolbox::enter_and_run(std::move(request.enter));
}

}  // namespace

int ns_enter_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ns enter"), flags_of(kFlags));
  return finish_command(enter(arguments), "ns enter");
}

int ns_exec_command(Arguments arguments) {
  if (wants_help(arguments))
    return print_command_help(*find_command("ns exec"), flags_of(kExecFlags));
  return finish_command(exec(arguments), "ns exec");
}

}  // namespace isle::cli
