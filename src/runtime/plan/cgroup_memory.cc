// The specification counts as v1 does: "swap" is memory and swap together. v2 limits swap alone.
// v1 refuses a write that would put memory above memory and swap together, even for a moment, so
// that the order depends on whether the limits rise. Limits of 0 mean "not set", as for runc.

#include "base/strings.h"
#include "runtime/plan/cgroup_parts.h"

namespace isle::runtime::plan {

using kernel::cgroup::Controller;

namespace {

constexpr auto kMemory = Controller::Memory;

bool is_set(const std::optional<std::int64_t>& value) { return value && *value != 0; }

std::string limit_words(std::int64_t bytes, std::string_view what) {
  return bytes < 0 ? format("any amount of {}", what)
                   : format("no more than {} of {}", size_words(bytes), what);
}

std::string v2_value(std::int64_t bytes) { return bytes < 0 ? "max" : std::to_string(bytes); }

Result<void> check(const CgroupBuilder& builder, const oci::MemoryResources& memory) {
  const std::pair<const char*, const std::optional<std::int64_t>*> named[] = {
      {"memory.limit", &memory.limit},
      {"memory.swap", &memory.swap},
      {"memory.reservation", &memory.reservation}};
  for (const auto& [where, value] : named) {
    if (*value && **value < -1) return meaningless(where, "is below -1, which is no limit");
  }
  const CgroupNow now = builder.options().now.value_or(CgroupNow());
  const auto limit = is_set(memory.limit) ? memory.limit : now.memory_limit;
  if (is_set(memory.swap) && *memory.swap > 0) {
    if (!limit || *limit < 0) {
      return meaningless("memory.swap",
                         "limits memory and swap together, so it needs memory.limit");
    }
    if (*memory.swap < *limit) {
      return meaningless("memory.swap",
                         format("({}) counts memory and swap together, so it cannot be less than "
                                "memory.limit ({})",
                                size_words(*memory.swap),
                                size_words(*limit)));
    }
  }
  if (memory.check_before_update.value_or(false) && is_set(memory.limit) && *memory.limit > 0 &&
      now.memory_usage && *now.memory_usage > *memory.limit) {
    return fail(ErrorKind::Conflict,
                format("{} of {} is below the {} in use",
                       at("memory.limit"),
                       size_words(*memory.limit),
                       size_words(*now.memory_usage)),
                "checkBeforeUpdate asks for this refusal");
  }
  return {};
}

void add_limits_v1(CgroupBuilder& builder, const oci::MemoryResources& memory) {
  const auto add_limit = [&] {
    if (!is_set(memory.limit)) return;
    builder.add(kMemory,
                "memory.limit_in_bytes",
                std::to_string(*memory.limit),
                limit_words(*memory.limit, "memory"));
  };
  const auto add_swap = [&] {
    // Without a memory limit memory alone may not stay above both together.
    const bool lifted = is_set(memory.limit) && *memory.limit < 0 && !is_set(memory.swap);
    if (!is_set(memory.swap) && !lifted) return;
    const std::int64_t swap = lifted ? -1 : *memory.swap;
    builder
        .add(kMemory,
             "memory.memsw.limit_in_bytes",
             std::to_string(swap),
             limit_words(swap, "memory and swap together"))
        .optional = true;
  };
  const CgroupNow now = builder.options().now.value_or(CgroupNow());
  const bool rises = is_set(memory.limit) && now.memory_swap_limit &&
                     (*memory.limit < 0 || *memory.limit > *now.memory_swap_limit);
  if (rises) add_swap();
  add_limit();
  if (!rises) add_swap();
}

void add_limits_v2(CgroupBuilder& builder, const oci::MemoryResources& memory) {
  if (is_set(memory.limit)) {
    builder.add(
        kMemory, "memory.max", v2_value(*memory.limit), limit_words(*memory.limit, "memory"));
  }
  const CgroupNow now = builder.options().now.value_or(CgroupNow());
  const bool lifted = is_set(memory.limit) && *memory.limit < 0 && !is_set(memory.swap);
  if (!is_set(memory.swap) && !lifted) return;
  std::int64_t swap = -1;
  if (!lifted && *memory.swap > 0) {
    swap = *memory.swap - (is_set(memory.limit) ? *memory.limit : now.memory_limit.value_or(0));
  }
  builder.add(kMemory, "memory.swap.max", v2_value(swap), limit_words(swap, "swap")).optional =
      true;
}

Result<void> add_oom_killer(CgroupBuilder& builder, const oci::MemoryResources& memory, bool v2) {
  const bool no_killer = memory.disable_oom_killer.value_or(false);
  if (no_killer && v2) {
    return not_here("memory.disableOOMKiller",
                    "cannot be had with cgroup v2",
                    "leave it out, or raise the limit");
  }
  if (no_killer || (memory.disable_oom_killer && builder.updating() && !v2)) {
    builder.add(kMemory,
                "memory.oom_control",
                no_killer ? "1" : "0",
                no_killer ? "over the limit processes wait instead of being killed"
                          : "over the limit the kernel kills");
  }
  return {};
}

Result<void> add_tuning(CgroupBuilder& builder, const oci::MemoryResources& memory, bool v2) {
  if (is_set(memory.reservation)) {
    builder.add(kMemory,
                v2 ? "memory.low" : "memory.soft_limit_in_bytes",
                v2 ? v2_value(*memory.reservation) : std::to_string(*memory.reservation),
                *memory.reservation < 0 ? "no soft limit"
                                        : format("{} of memory are kept when memory is short",
                                                 size_words(*memory.reservation)));
  }
  if (memory.swappiness) {
    if (*memory.swappiness > 100) return meaningless("memory.swappiness", "is from 0 to 100");
    if (v2) {
      return not_here("memory.swappiness",
                      "cannot be set per group with cgroup v2",
                      "leave it out, or limit memory.swap instead");
    }
    builder.add(kMemory,
                "memory.swappiness",
                std::to_string(*memory.swappiness),
                "how readily memory is swapped out");
  }
  return add_oom_killer(builder, memory, v2);
}

// v1 alone counts the buffers of TCP by themselves.
Result<void> plan_kernel_tcp(CgroupBuilder& builder, const std::optional<std::int64_t>& limit) {
  if (!is_set(limit)) return {};
  if (TRY(builder.need(kMemory, "memory.kernelTCP"))) {
    builder.warn(at("memory.kernelTCP") + " is left out: with cgroup v2 it counts as memory");
    return {};
  }
  builder.add(kMemory,
              "memory.kmem.tcp.limit_in_bytes",
              std::to_string(*limit),
              limit_words(*limit, "TCP buffers"));
  return {};
}

}  // namespace

Result<void> plan_memory(CgroupBuilder& builder, const oci::MemoryResources& memory) {
  if (is_set(memory.kernel)) {
    builder.warn(at("memory.kernel") + " is left out: deprecated, kernel memory counts as memory");
  }
  TRY(plan_kernel_tcp(builder, memory.kernel_tcp));
  if (!memory.use_hierarchy.value_or(true)) {
    builder.warn(at("memory.useHierarchy") +
                 " is left out: kernels since 5.11 count what is below a group in it");
  }
  const bool asked = is_set(memory.limit) || is_set(memory.swap) || is_set(memory.reservation) ||
                     memory.swappiness || memory.disable_oom_killer.value_or(false);
  if (!asked && !(memory.disable_oom_killer && builder.updating())) return {};
  const char* where = is_set(memory.limit)         ? "memory.limit"
                      : is_set(memory.swap)        ? "memory.swap"
                      : is_set(memory.reservation) ? "memory.reservation"
                      : memory.swappiness          ? "memory.swappiness"
                                                   : "memory.disableOOMKiller";
  TRY(check(builder, memory));
  const bool v2 = TRY(builder.need(kMemory, where));
  v2 ? add_limits_v2(builder, memory) : add_limits_v1(builder, memory);
  return add_tuning(builder, memory, v2);
}

}  // namespace isle::runtime::plan
