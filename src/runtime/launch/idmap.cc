#include "runtime/launch/idmap.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <cerrno>

#include "base/strings.h"
#include "runtime/launch/processes.h"

namespace isle::runtime::launch {

std::string map_text(const std::vector<oci::IdMapping>& map) {
  std::string text;
  for (const oci::IdMapping& range : map) {
    text += format("{} {} {}\n", range.container_id, range.host_id, range.size);
  }
  return text;
}

namespace {

Result<void> write_proc(int proc, const std::string& file, std::string_view text) {
  const kernel::UniqueFd fd = TRY(kernel::open_at(proc, file, O_WRONLY));
  if (write(fd.get(), text.data(), text.size()) < 0) {
    return fail_call(errno, format("write(/proc/{}, {})", file, quoted(text)));
  }
  return {};
}

// newuidmap PID INSIDE OUTSIDE COUNT ...: the set-uid helpers of the package uidmap, which check
// /etc/subuid and /etc/subgid.
Result<void> run_helper(Pid pid, const op::WriteIdMap& step) {
  const std::string program = step.group ? "newgidmap" : "newuidmap";
  std::vector<std::string> arguments = {program, std::to_string(pid.value)};
  for (const oci::IdMapping& range : step.map) {
    arguments.push_back(std::to_string(range.container_id));
    arguments.push_back(std::to_string(range.host_id));
    arguments.push_back(std::to_string(range.size));
  }
  const Result<ProgramEnd> end = run_program(
      {.candidates = {"/usr/bin/" + program, "/bin/" + program}, .arguments = arguments});
  if (!end) {
    return std::unexpected(
        Error(end.error())
            .advise("mapping more than one's own id needs the helpers of the package uidmap"));
  }
  if (end->status != 0) {
    return fail(ErrorKind::Denied,
                format("{} refused the map: {}", program, trim(end->error_output)),
                step.group ? "give this user a range in /etc/subgid"
                           : "give this user a range in /etc/subuid");
  }
  return {};
}

}  // namespace

Result<void> write_id_map(int proc, Pid pid, const op::WriteIdMap& step) {
  if (step.by_helper) return run_helper(pid, step);
  if (step.deny_setgroups) TRY(write_proc(proc, format("{}/setgroups", pid.value), "deny"));
  const std::string file = format("{}/{}_map", pid.value, step.group ? "gid" : "uid");
  Result<void> written = write_proc(proc, file, map_text(step.map));
  if (written) return written;
  return std::unexpected(std::move(written).error().advise(
      "each range must lie within what this user may map, and ranges may not overlap"));
}

Result<kernel::UniqueFd> make_mapping_namespace(const std::vector<oci::IdMapping>& uid_map,
                                                const std::vector<oci::IdMapping>& gid_map) {
  const Child child = TRY(clone_paused(CLONE_NEWUSER));
  const auto open = [&]() -> Result<kernel::UniqueFd> {
    const kernel::UniqueFd proc = TRY(kernel::open_file(HostPath("/proc"), O_PATH | O_DIRECTORY));
    TRY(write_proc(proc.get(), format("{}/uid_map", child.pid.value), map_text(uid_map)));
    TRY(write_proc(proc.get(), format("{}/gid_map", child.pid.value), map_text(gid_map)));
    return kernel::open_at(proc.get(), format("{}/ns/user", child.pid.value), O_RDONLY);
  };
  Result<kernel::UniqueFd> fd = open();
  end_child(child);
  return fd;
}

}  // namespace isle::runtime::launch
