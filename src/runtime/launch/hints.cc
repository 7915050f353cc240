// What to do about a step that failed: advice by operation and errno.

#include <cerrno>

#include "base/strings.h"
#include "kernel/cgroup/hints.h"
#include "runtime/launch/launch.h"
#include "runtime/plan/describe.h"

namespace isle::runtime::launch {

namespace {

// docker's client, podman and containerd look for runc's words in these, in lower case: they tell
// the exit statuses 127 and 126 from 125.
std::string exec_hint(const std::string& name, std::size_t candidates, const Report& report) {
  switch (report.errnum) {
    case ENOENT:
      if (report.text[0] != '\0') {
        return format(
            "{} is there, but the interpreter or loader it names is not: no such file or "
            "directory (look at its first line, or at the C library it was built for)",
            name);
      }
      return candidates > 1
                 ? format("{}: executable file not found in $PATH of the container", name)
                 : format("{}: no such file or directory in the container", name);
    case EACCES:
      return format(
          "permission denied: {} has to be an executable file on a file system without noexec",
          name);
    case ENOEXEC:
      return format("{} is neither a program for this processor nor a script with #!", name);
    case EPERM: return "the seccomp profile has to allow execve";
    default: return "";
  }
}

std::string hint(const op::Exec& operation, const Report& report) {
  return exec_hint(operation.args[0], operation.candidates.size(), report);
}

std::string hint(const op::FindCommand& operation, const Report& report) {
  return exec_hint(operation.name, operation.candidates.size(), report);
}

std::string hint(const op::MountFs& operation, const Report& report) {
  if (report.errnum == ELOOP || (report.errnum == ENOTDIR && operation.refuse_symlinks)) {
    return format("{} has to be an ordinary directory in the image, not a symbolic link",
                  operation.target);
  }
  if (report.errnum == EPERM && operation.type == "proc") {
    return "/proc is partly masked on this host, so a user namespace may not mount it; share the "
           "host's PID namespace and bind its /proc, or unmask it";
  }
  if (report.errnum == EPERM && operation.type == "sysfs") {
    return "a user namespace may mount sysfs only with a network namespace of its own; bind the "
           "host's /sys instead";
  }
  if (report.errnum == ENODEV) {
    return format("this kernel has no file system {}", quoted(operation.type));
  }
  return "";
}

std::string hint(const op::BindMount& operation, const Report& report) {
  if (!operation.beneath.empty() && (report.errnum == ELOOP || report.errnum == EXDEV)) {
    return "a part of a mount is reached through no symbolic link: name the directory itself";
  }
  if (!operation.beneath.empty() && report.errnum == ENOENT) {
    return format("{} has to exist in {}", operation.beneath, operation.source);
  }
  if (report.errnum == ENOENT) return format("{} has to exist on the host", operation.source);
  if (report.errnum == EINVAL && std::string_view(report.call) == "move_mount") {
    return "a file can be mounted on a file only, a directory on a directory";
  }
  if (report.errnum == EINVAL && !operation.recursive) {
    return "a part of the tree that was handed down locked can only be bound with what is mounted "
           "below it: use rbind";
  }
  return "";
}

std::string hint(const op::SetRoot& operation, const Report& report) {
  if (report.errnum == ENOENT) {
    return format("{} has to be a directory on the host",
                  operation.source.empty() ? "each layer" : operation.source);
  }
  if (report.errnum == EINVAL && operation.type == "overlay") {
    return "upper and work directory must be on one file system that overlay can write to (not on "
           "another overlay)";
  }
  return "";
}

std::string hint(const op::PivotRoot&, const Report& report) {
  return report.errnum == EINVAL
             ? "pivot_root is impossible from an initial RAM file system: use --no-pivot"
             : "";
}

std::string hint(const op::MakeNode&, const Report& report) {
  return report.errnum == EPERM ? "making device nodes needs CAP_MKNOD on the host" : "";
}

std::string hint(const op::WriteProc& operation, const Report& report) {
  // The file is there where AppArmor is in force: what is missing is the profile.
  if (report.errnum == ENOENT && operation.file == "self/attr/apparmor/exec") {
    return "no profile of this name is loaded: apparmor_parser loads one, "
           "/sys/kernel/security/apparmor/profiles lists them";
  }
  if (report.errnum == ENOENT) return format("this kernel has no /proc/{}", operation.file);
  if (report.errnum == EINVAL)
    return format("the kernel does not take {}", quoted(operation.value));
  return "";
}

std::string hint(const op::Call& operation, const Report& report) {
  const std::string_view text = operation.text;
  if (report.errnum == EINVAL && (text.starts_with("setres") || text.starts_with("setgroups"))) {
    return "this id is not mapped in the container's user namespace";
  }
  if (report.errnum == EPERM && text.starts_with("setgroups")) {
    return "supplementary groups need a map of several gids";
  }
  if (report.errnum == EPERM && text.starts_with("setns")) {
    return "joining needs CAP_SYS_ADMIN in the user namespace that owns the other one";
  }
  if (report.errnum == EPERM && text.starts_with("sched_setattr")) {
    return "real-time classes and a better nice value need CAP_SYS_NICE on the host, and a "
           "real-time "
           "budget of its cgroup (linux.resources.cpu.realtimeRuntime) where the kernel keeps one";
  }
  if (report.errnum == EPERM && text.starts_with("ioprio_set")) {
    return "IOPRIO_CLASS_RT needs CAP_SYS_ADMIN or CAP_SYS_NICE on the host";
  }
  if (report.errnum == EINVAL && text.starts_with("set_mempolicy")) {
    return "a node of linux.memoryPolicy.nodes is not there (or not in linux.resources.cpu.mems), "
           "or this kernel lacks the mode or a flag";
  }
  if (report.errnum == ENOSYS && text.starts_with("set_mempolicy")) {
    return "this kernel was built without memory nodes (CONFIG_NUMA)";
  }
  if (report.errnum == EINVAL && text.starts_with("sched_setaffinity")) {
    return "none of these processors is one the container may use";
  }
  if (report.errnum == ENOSPC) return "a limit of /proc/sys/user/max_*_namespaces is reached";
  return "";
}

std::string hint(const op::JoinGroups&, const Report& report) {
  return kernel::cgroup::write_hint("cgroup.procs", report.errnum);
}

std::string hint(const op::InstallSeccomp& operation, const Report& report) {
  if (operation.notifies && report.errnum == EBUSY) {
    return "this runtime is itself under a filter with a listener, and there can be only one";
  }
  if (operation.notifies && report.errnum == EAGAIN) {
    return "handing over the listener takes a second thread for a moment: raise the limit of "
           "processes";
  }
  return "";
}

std::string hint(const op::EnterDirectory& operation, const Report& report) {
  if (report.errnum == ENOTDIR) return format("{} is a file in the container", operation.path);
  return "";
}

template <typename T>
std::string hint(const T&, const Report&) {
  return "";
}

}  // namespace

Error step_error(const LaunchPlan& plan, const Report& report) {
  Error error;
  error.kind = kind_of_errno(report.errnum);
  error.errnum = report.errnum;
  if (report.step >= plan.steps.size()) {
    error.message = report.text;
    return error;
  }
  const Step& step = plan.steps[report.step];
  error.call = describe_call(step.operation);
  const std::string_view name = report.call;
  const bool is_exec = std::holds_alternative<op::Exec>(step.operation);
  if (!name.empty() && !error.call.starts_with(name)) error.message = std::string(name);
  if (report.text[0] != '\0' && !is_exec) {
    error.message += (error.message.empty() ? "" : ": ") + std::string(report.text);
  }
  error.hint = std::visit([&](const auto& one) { return hint(one, report); }, step.operation);
  error.steps.push_back(format("step {} of {}, {}", report.step + 1, plan.steps.size(), step.what));
  return error;
}

}  // namespace isle::runtime::launch
