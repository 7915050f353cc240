#include "islet/exec_process.h"

#include <algorithm>

#include "base/strings.h"
#include "kernel/capability.h"
#include "kernel/fd.h"
#include "oci/runtime_spec_json.h"

namespace isle::islet {

namespace {

Result<std::uint32_t> parse_id(std::string_view text, std::string_view whole) {
  // (uid_t) -1 means "unchanged" to setuid's relatives.
  constexpr unsigned long long kLargest = 0xfffffffe;
  const bool digits =
      !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  const Result<unsigned long long> number = parse_uint(text, "id");
  if (!digits || !number || *number > kLargest) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is not UID[:GID]", quoted(whole)),
                "both are decimal numbers; names are the engine's to look up");
  }
  return static_cast<std::uint32_t>(*number);
}

Result<void> add_groups(oci::User& user, const Arguments& arguments) {
  for (const std::string& value : arguments.all("additional-gids")) {
    for (const std::string_view gid : split(value, ',')) {
      user.additional_gids.push_back(TRY_STEP(parse_id(gid, gid), "--additional-gids"));
    }
  }
  return {};
}

void insert(oci::Strings& set, const std::string& name) {
  if (std::ranges::find(set, name) == set.end()) set.push_back(name);
}

Result<void> add_capabilities(oci::Process& process, const Arguments& arguments) {
  for (const std::string& text : arguments.all("cap")) {
    const kernel::CapabilitySet asked = TRY_STEP(kernel::parse_capability(text), "--cap");
    if (!process.capabilities) process.capabilities.emplace();
    for (const std::string& name : kernel::capability_names(asked)) {
      insert(process.capabilities->bounding, name);
      insert(process.capabilities->permitted, name);
      insert(process.capabilities->effective, name);
    }
  }
  return {};
}

Result<oci::Process> from_file(const oci::Process& base, const Arguments& arguments) {
  const std::string file = *arguments.text("process");
  if (arguments.words().size() > 1) {
    return fail(ErrorKind::InvalidArgument,
                "a command is given beside --process",
                "the document names the command");
  }
  oci::Process process =
      TRY_STEP(oci::read_process(TRY(kernel::read_file(HostPath(file)))), "read " + file);
  if (arguments.on("tty")) process.terminal = true;
  // A document that names none does not mean none, unlike config.json: runc gives the container's.
  if (!process.capabilities) process.capabilities = base.capabilities;
  return process;
}

}  // namespace

Result<void> set_user(oci::User& user, std::string_view text) {
  const Cut parts = cut(text, ':');
  user.uid = TRY_STEP(parse_id(parts.before, text), "--user");
  if (parts.found) user.gid = TRY_STEP(parse_id(parts.after, text), "--user");
  return {};
}

Result<oci::Process> read_exec_process(const oci::Process& base, const Arguments& arguments) {
  if (arguments.text("process")) return from_file(base, arguments);
  const std::vector<std::string>& words = arguments.words();
  if (words.size() < 2) {
    return fail(
        ErrorKind::InvalidArgument, "exec has no command", "islet exec ID COMMAND [ARGUMENT...]");
  }
  oci::Process process = base;
  process.args.assign(words.begin() + 1, words.end());
  process.terminal = arguments.on("tty");
  process.console_size.reset();
  if (const auto cwd = arguments.text("cwd")) process.cwd = *cwd;
  for (const std::string& value : arguments.all("env")) process.env.push_back(value);
  if (const auto user = arguments.text("user")) TRY(set_user(process.user, *user));
  TRY(add_groups(process.user, arguments));
  TRY(add_capabilities(process, arguments));
  if (arguments.text("no-new-privs")) process.no_new_privileges = arguments.on("no-new-privs");
  if (const auto label = arguments.text("process-label")) process.selinux_label = *label;
  if (const auto profile = arguments.text("apparmor")) process.apparmor_profile = *profile;
  return process;
}

Result<std::vector<runtime::SubGroup>> read_sub_groups(const std::vector<std::string>& texts) {
  std::vector<runtime::SubGroup> groups;
  for (const std::string& text : texts) {
    const Cut parts = cut(text, ':');
    if (!parts.found) {
      if (texts.size() == 1) return std::vector{runtime::SubGroup{.controller = {}, .path = text}};
      return fail(ErrorKind::InvalidArgument,
                  format("--cgroup {} names no controller", quoted(text)),
                  "one path for all, or CONTROLLER:PATH for each");
    }
    for (const std::string_view name : split(parts.before, ',')) {
      const auto controller = kernel::cgroup::controller_of_v1(name);
      if (!controller) {
        return fail(ErrorKind::InvalidArgument,
                    format("--cgroup {}: {} is no controller", quoted(text), quoted(name)));
      }
      groups.push_back({.controller = controller, .path = std::string(parts.after)});
    }
  }
  return groups;
}

}  // namespace isle::islet
