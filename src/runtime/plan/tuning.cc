// What the scheduler, the disks and the memory of the machine are told of the process: priorities,
// execution domain, memory policy, processors. Each is one system call of the process itself, made
// while it still has the privileges of its maker: real-time classes need CAP_SYS_NICE
// (sched_setattr(2), ioprio_set(2), set_mempolicy(2), personality(2)).

#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/strings.h"
#include "kernel/number_list.h"
#include "runtime/plan/builder.h"

#ifndef MPOL_WEIGHTED_INTERLEAVE
#define MPOL_WEIGHTED_INTERLEAVE 6  // 6.9; an enumerator in newer headers
#endif

namespace isle::runtime::plan {

namespace {

// As in linux/sched/types.h, which does not go together with every C library's <sched.h>.
struct SchedulerAttributes {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime, deadline, period;
  std::uint32_t least_use, most_use;
};
static_assert(sizeof(SchedulerAttributes) == 56);  // SCHED_ATTR_SIZE_VER1

// linux/ioprio.h is no C++.
constexpr std::uint64_t kOwnProcessGroup = 2;  // IOPRIO_WHO_PGRP
constexpr unsigned kIoClassShift = 13;

struct Row {
  std::string_view name;
  std::uint64_t value;
};

constexpr auto kPolicies = std::to_array<Row>({{"SCHED_OTHER", SCHED_NORMAL},
                                               {"SCHED_FIFO", SCHED_FIFO},
                                               {"SCHED_RR", SCHED_RR},
                                               {"SCHED_BATCH", SCHED_BATCH},
                                               {"SCHED_IDLE", SCHED_IDLE},
                                               {"SCHED_DEADLINE", SCHED_DEADLINE}});
constexpr auto kSchedulerFlags =
    std::to_array<Row>({{"SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK},
                        {"SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM},
                        {"SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN},
                        {"SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY},
                        {"SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS},
                        {"SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN},
                        {"SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX}});
constexpr auto kIoClasses =
    std::to_array<Row>({{"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}});
constexpr auto kMemoryModes =
    std::to_array<Row>({{"MPOL_DEFAULT", MPOL_DEFAULT},
                        {"MPOL_PREFERRED", MPOL_PREFERRED},
                        {"MPOL_BIND", MPOL_BIND},
                        {"MPOL_INTERLEAVE", MPOL_INTERLEAVE},
                        {"MPOL_LOCAL", MPOL_LOCAL},
                        {"MPOL_PREFERRED_MANY", MPOL_PREFERRED_MANY},
                        {"MPOL_WEIGHTED_INTERLEAVE", MPOL_WEIGHTED_INTERLEAVE}});
constexpr auto kMemoryFlags =
    std::to_array<Row>({{"MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES},
                        {"MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES},
                        {"MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING}});

std::unexpected<Error> wrong(std::string_view path, std::string_view reason) {
  return fail(ErrorKind::InvalidArgument, format("{}: {}", path, reason));
}

template <std::size_t n>
Result<std::uint64_t> value_of(const std::array<Row, n>& rows,
                               std::string_view name,
                               std::string_view path) {
  const auto* row = std::ranges::find(rows, name, &Row::name);
  if (row == rows.end()) return wrong(path, format("unknown value {}", quoted(name)));
  return row->value;
}

template <std::size_t n>
Result<std::uint64_t> flags_of(const std::array<Row, n>& rows,
                               const oci::Strings& names,
                               std::string_view path) {
  std::uint64_t flags = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    flags |= TRY(value_of(rows, names[i], format("{}[{}]", path, i)));
  }
  return flags;
}

op::Blob blob_of(const void* data, std::size_t size) {
  op::Blob blob(size);
  if (size != 0) std::memcpy(blob.data(), data, size);
  return blob;
}

Step step(Actor actor, Operation operation, std::string what, std::string why) {
  return {.actor = actor,
          .operation = std::move(operation),
          .what = std::move(what),
          .why = std::move(why)};
}

Result<void> check(const oci::Scheduler& scheduler) {
  const std::string root = "process.scheduler.";
  const std::string_view policy = scheduler.policy;
  if (policy == "SCHED_ISO") {
    return fail(ErrorKind::Unsupported, root + "policy: no Linux kernel has SCHED_ISO");
  }
  const bool fair = policy == "SCHED_OTHER" || policy == "SCHED_BATCH";
  const bool fixed = policy == "SCHED_FIFO" || policy == "SCHED_RR";
  const std::int32_t nice = scheduler.nice.value_or(0);
  const std::int32_t priority = scheduler.priority.value_or(0);
  if (nice < -20 || nice > 19) return wrong(root + "nice", "is not from -20 to 19");
  if (nice != 0 && !fair) return wrong(root + "nice", format("{} has none", policy));
  if (fixed && (priority < 1 || priority > 99)) {
    return wrong(root + "priority", format("{} needs one from 1 to 99", policy));
  }
  if (!fixed && priority != 0) return wrong(root + "priority", format("{} has none", policy));
  const bool timed = scheduler.runtime.value_or(0) != 0 || scheduler.deadline.value_or(0) != 0 ||
                     scheduler.period.value_or(0) != 0;
  if (timed && policy != "SCHED_DEADLINE") {
    return wrong(root + "runtime", "runtime, deadline and period are of SCHED_DEADLINE");
  }
  return {};
}

Result<Step> scheduler_step(const oci::Scheduler& scheduler) {
  TRY(check(scheduler));
  const std::uint64_t policy =
      TRY(value_of(kPolicies, scheduler.policy, "process.scheduler.policy"));
  const std::uint64_t flags =
      TRY(flags_of(kSchedulerFlags, scheduler.flags, "process.scheduler.flags"));
  const SchedulerAttributes attributes{
      .size = sizeof attributes,
      .policy = static_cast<std::uint32_t>(policy),
      .flags = flags,
      .nice = scheduler.nice.value_or(0),
      .priority = static_cast<std::uint32_t>(scheduler.priority.value_or(0)),
      .runtime = scheduler.runtime.value_or(0),
      .deadline = scheduler.deadline.value_or(0),
      .period = scheduler.period.value_or(0),
      .least_use = 0,
      .most_use = 0};
  return step(Actor::Init,
              call(SYS_sched_setattr,
                   format("sched_setattr({}, nice {}, priority {})",
                          scheduler.policy,
                          attributes.nice,
                          attributes.priority),
                   {0UL, blob_of(&attributes, sizeof attributes), 0UL}),
              "choose the scheduler",
              "process.scheduler");
}

Result<Step> io_priority_step(const oci::IoPriority& wanted) {
  const std::uint64_t kind =
      TRY(value_of(kIoClasses, wanted.class_name, "process.ioPriority.class"));
  if (wanted.priority < 0 || wanted.priority > 7) {
    return wrong("process.ioPriority.priority", "is not from 0 to 7");
  }
  const std::uint64_t value = kind << kIoClassShift | static_cast<std::uint64_t>(wanted.priority);
  return step(
      Actor::Init,
      call(SYS_ioprio_set,
           format("ioprio_set(own process group, {} {})", wanted.class_name, wanted.priority),
           {kOwnProcessGroup, 0UL, value}),
      "set the priority of its disk access",
      "process.ioPriority");
}

Result<Step> personality_step(const oci::Personality& wanted) {
  if (!wanted.flags.empty()) {
    return fail(ErrorKind::Unsupported,
                format("linux.personality.flags: {} is none the specification knows",
                       quoted(wanted.flags[0])),
                "the list of flags is empty so far: leave the member out");
  }
  if (wanted.domain != "LINUX" && wanted.domain != "LINUX32") {
    return wrong("linux.personality.domain", format("unknown value {}", quoted(wanted.domain)));
  }
  const std::uint64_t domain = wanted.domain == "LINUX32" ? PER_LINUX32 : PER_LINUX;
  return step(Actor::Init,
              call(SYS_personality, format("personality({})", wanted.domain), {domain}),
              "set the execution domain",
              "linux.personality: what uname(2) tells of the machine");
}

Result<Step> memory_policy_step(const oci::MemoryPolicy& wanted) {
  const std::string root = "linux.memoryPolicy.";
  const std::uint64_t mode = TRY(value_of(kMemoryModes, wanted.mode, root + "mode"));
  const std::uint64_t flags = TRY(flags_of(kMemoryFlags, wanted.flags, root + "flags"));
  const bool none = mode == MPOL_DEFAULT || mode == MPOL_LOCAL;
  if (none && !wanted.nodes.empty()) {
    return wrong(root + "nodes", format("{} takes no nodes", wanted.mode));
  }
  if (!none && mode != MPOL_PREFERRED && wanted.nodes.empty()) {
    return wrong(root + "nodes", format("{} needs at least one node", wanted.mode));
  }
  std::vector<std::uint64_t> nodes;
  if (!wanted.nodes.empty()) {
    nodes = TRY_STEP(kernel::parse_number_list(wanted.nodes), root + "nodes");
  }
  // The kernel takes one bit less than it is told of.
  const std::uint64_t bits = nodes.empty() ? 0 : nodes.size() * 64 + 1;
  op::CallArgument mask = std::uint64_t{0};
  if (!nodes.empty()) mask = blob_of(nodes.data(), nodes.size() * sizeof nodes[0]);
  return step(Actor::Init,
              call(SYS_set_mempolicy,
                   format("set_mempolicy({}{}{})",
                          wanted.mode,
                          wanted.nodes.empty() ? "" : ", nodes " + wanted.nodes,
                          wanted.flags.empty() ? "" : ", " + join(wanted.flags, "|")),
                   {mode | flags, std::move(mask), bits}),
              "set the memory policy",
              "linux.memoryPolicy: from which nodes its memory comes");
}

Result<Step> affinity_step(Actor actor,
                           const std::string& list,
                           const char* path,
                           const char* why) {
  const std::vector<std::uint64_t> mask = TRY_STEP(kernel::parse_number_list(list), path);
  const std::size_t size = mask.size() * sizeof mask[0];
  return step(actor,
              call(SYS_sched_setaffinity,
                   format("sched_setaffinity({})", list),
                   {0UL, static_cast<std::uint64_t>(size), blob_of(mask.data(), size)}),
              "run on processors " + list,
              why);
}

}  // namespace

Result<void> add_tuning(LaunchPlan& plan,
                        const oci::Process& process,
                        const std::optional<oci::MemoryPolicy>& memory_policy,
                        const std::optional<oci::Personality>& personality) {
  if (process.scheduler) plan.steps.push_back(TRY(scheduler_step(*process.scheduler)));
  if (process.io_priority) plan.steps.push_back(TRY(io_priority_step(*process.io_priority)));
  if (memory_policy) plan.steps.push_back(TRY(memory_policy_step(*memory_policy)));
  if (personality) plan.steps.push_back(TRY(personality_step(*personality)));
  return {};
}

namespace {
constexpr const char* kInitial = "process.execCPUAffinity.initial";
constexpr const char* kFinal = "process.execCPUAffinity.final";
}  // namespace

Result<void> add_initial_affinity(LaunchPlan& plan, const oci::Process& process) {
  if (!process.exec_cpu_affinity || !process.exec_cpu_affinity->initial) return {};
  const std::string& list = *process.exec_cpu_affinity->initial;
  if (list.empty()) return {};
  plan.steps.push_back(
      TRY(affinity_step(Actor::Stage, list, kInitial, "until it is in the container's cgroup")));
  return {};
}

Result<void> add_final_affinity(LaunchPlan& plan, const oci::Process& process) {
  if (!process.exec_cpu_affinity || !process.exec_cpu_affinity->final) return {};
  const std::string& list = *process.exec_cpu_affinity->final;
  if (list.empty()) return {};
  plan.steps.push_back(
      TRY(affinity_step(Actor::Init, list, kFinal, "process.execCPUAffinity.final")));
  return {};
}

Result<void> check_affinity(const oci::Process& process) {
  if (!process.exec_cpu_affinity) return {};
  for (const auto& [list, path] : {std::pair(process.exec_cpu_affinity->initial, kInitial),
                                   std::pair(process.exec_cpu_affinity->final, kFinal)}) {
    if (list && !list->empty()) TRY_STEP(kernel::parse_number_list(*list), path);
  }
  return {};
}

}  // namespace isle::runtime::plan
