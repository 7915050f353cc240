#pragma once
// The members of config.json outside "linux", each struct's list once for reading and writing.
// See json_reader.h for the verbs.

#include "oci/json_writer.h"
#include "oci/runtime_spec.h"
#include "oci/spec_names.h"

namespace isle::oci {

template <typename Io>
void fields(Io& io, typename Io::template Ref<Box> box) {
  io.required("height", box.height);
  io.required("width", box.width);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<User> user) {
  io.required("uid", user.uid);
  io.required("gid", user.gid);
  io.optional("umask", user.umask);
  io.optional("additionalGids", user.additional_gids);
}

// Names the kernel does not have are the runtime's to warn about (config.md), so none is
// refused here.
template <typename Io>
void fields(Io& io, typename Io::template Ref<Capabilities> sets) {
  io.optional("bounding", sets.bounding);
  io.optional("effective", sets.effective);
  io.optional("inheritable", sets.inheritable);
  io.optional("permitted", sets.permitted);
  io.optional("ambient", sets.ambient);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Rlimit> limit) {
  io.required("type", limit.type, names::kRlimits);
  io.required("soft", limit.soft);
  io.required("hard", limit.hard);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Scheduler> scheduler) {
  io.required("policy", scheduler.policy, names::kSchedulerPolicies);
  io.optional("nice", scheduler.nice);
  io.optional("priority", scheduler.priority);
  io.optional("flags", scheduler.flags, names::kSchedulerFlags);
  io.optional("runtime", scheduler.runtime);
  io.optional("deadline", scheduler.deadline);
  io.optional("period", scheduler.period);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<IoPriority> priority) {
  io.required("class", priority.class_name, names::kIoPriorityClasses);
  io.always("priority", priority.priority);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<ExecCpuAffinity> affinity) {
  io.optional("initial", affinity.initial);
  io.optional("final", affinity.final);
}

// The specification requires "user"; runc takes its absence as 0:0, and so do hand-written
// process files of `exec`, hence `always`.
template <typename Io>
void fields(Io& io, typename Io::template Ref<Process> process) {
  io.optional("terminal", process.terminal);
  io.optional("consoleSize", process.console_size);
  io.always("user", process.user);
  io.required("args", process.args);
  io.optional("env", process.env);
  io.required("cwd", process.cwd);
  io.optional("capabilities", process.capabilities);
  io.optional("rlimits", process.rlimits);
  io.optional("noNewPrivileges", process.no_new_privileges);
  io.optional("apparmorProfile", process.apparmor_profile);
  io.optional("oomScoreAdj", process.oom_score_adj);
  io.optional("scheduler", process.scheduler);
  io.optional("selinuxLabel", process.selinux_label);
  io.optional("ioPriority", process.io_priority);
  io.optional("execCPUAffinity", process.exec_cpu_affinity);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Root> root) {
  io.required("path", root.path);
  io.optional("readonly", root.readonly);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<IdMapping> mapping) {
  io.required("containerID", mapping.container_id);
  io.required("hostID", mapping.host_id);
  io.required("size", mapping.size);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Mount> mount) {
  io.required("destination", mount.destination);
  io.optional("type", mount.type);
  io.optional("source", mount.source);
  io.optional("options", mount.options);
  io.optional("uidMappings", mount.uid_mappings);
  io.optional("gidMappings", mount.gid_mappings);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Hook> hook) {
  io.required("path", hook.path);
  io.optional("args", hook.args);
  io.optional("env", hook.env);
  io.optional("timeout", hook.timeout);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Hooks> hooks) {
  io.optional("prestart", hooks.prestart);
  io.optional("createRuntime", hooks.create_runtime);
  io.optional("createContainer", hooks.create_container);
  io.optional("startContainer", hooks.start_container);
  io.optional("poststart", hooks.poststart);
  io.optional("poststop", hooks.poststop);
}

}  // namespace isle::oci
