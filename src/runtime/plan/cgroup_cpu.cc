// v1 writes quota and period apart, v2 as one line. The period goes first: a quota is checked
// against it. A burst may not exceed the quota, so it follows one that rises and is dropped before
// anything else. A group that is idle refuses a weight, so "idle" goes last when set and first
// when lifted. Quota, shares and periods of 0 mean "not set", as for runc.

#include <cmath>

#include "base/strings.h"
#include "runtime/plan/cgroup_parts.h"

namespace isle::runtime::plan {

using kernel::cgroup::Controller;

std::uint64_t weight_of_shares(std::uint64_t shares) {
  if (shares <= 2) return 1;
  if (shares >= 262'144) return 10'000;
  // A parabola between the logarithms, through (2, 1), (1024, 100) and (262144, 10000).
  const double x = std::log2(static_cast<double>(shares));
  const double exponent = (x * x + 125 * x) / 612.0 - 7.0 / 34.0;
  return static_cast<std::uint64_t>(std::ceil(std::pow(10, exponent) - 1e-9));
}

namespace {

constexpr auto kCpu = Controller::Cpu;
constexpr std::uint64_t kUsualPeriod = 100'000;

template <typename T>
bool is_set(const std::optional<T>& value) {
  return value && *value != 0;
}

Result<void> check(const oci::CpuResources& cpu) {
  if (is_set(cpu.quota) && *cpu.quota > 0 && *cpu.quota < 1000) {
    return meaningless("cpu.quota",
                       format("({} us) is below the kernel's least, 1000 us", *cpu.quota));
  }
  if (is_set(cpu.period) && (*cpu.period < 1000 || *cpu.period > 1'000'000)) {
    return meaningless("cpu.period", format("({} us) is not from 1000 to 1000000 us", *cpu.period));
  }
  if (is_set(cpu.burst) && is_set(cpu.quota) && *cpu.quota > 0 &&
      *cpu.burst > static_cast<std::uint64_t>(*cpu.quota)) {
    return meaningless("cpu.burst",
                       format("({} us) is more than cpu.quota ({} us)", *cpu.burst, *cpu.quota));
  }
  if (cpu.idle && *cpu.idle != 0 && *cpu.idle != 1) return meaningless("cpu.idle", "is 0 or 1");
  return {};
}

void add_shares(CgroupBuilder& builder, std::uint64_t shares, bool v2) {
  if (v2) {
    const std::uint64_t weight = weight_of_shares(shares);
    builder.add(kCpu,
                "cpu.weight",
                std::to_string(weight),
                format("{} shares of the CPU are a weight of {}", shares, weight));
  } else {
    builder.add(kCpu,
                "cpu.shares",
                std::to_string(shares),
                format("{} shares of the CPU when it is short (1024 is usual)", shares));
  }
}

std::string quota_words(std::int64_t quota, std::uint64_t period) {
  if (quota < 0) return "CPU time without limit";
  return format("no more than {:.3g} CPUs: {} us in each {} us",
                static_cast<double>(quota) / static_cast<double>(period),
                quota,
                period);
}

void add_quota(CgroupBuilder& builder, const oci::CpuResources& cpu, bool v2) {
  if (!is_set(cpu.quota) && !is_set(cpu.period)) return;
  const CgroupNow now = builder.options().now.value_or(CgroupNow());
  const std::int64_t quota = is_set(cpu.quota) ? *cpu.quota : now.cpu_quota.value_or(-1);
  const std::uint64_t period = is_set(cpu.period) ? *cpu.period : kUsualPeriod;
  const std::string why = quota_words(quota, period);
  if (v2) {
    std::string value = quota < 0 ? "max" : std::to_string(quota);
    if (is_set(cpu.period)) value += format(" {}", *cpu.period);
    builder.add(kCpu, "cpu.max", std::move(value), why);
    return;
  }
  if (is_set(cpu.period)) {
    builder.add(kCpu, "cpu.cfs_period_us", std::to_string(*cpu.period), why);
  }
  if (is_set(cpu.quota)) builder.add(kCpu, "cpu.cfs_quota_us", std::to_string(*cpu.quota), why);
}

void add_burst(CgroupBuilder& builder, std::uint64_t burst, bool v2) {
  builder.add(kCpu,
              v2 ? "cpu.max.burst" : "cpu.cfs_burst_us",
              std::to_string(burst),
              format("up to {} us of unused CPU time may be saved up", burst));
}

void add_idle(CgroupBuilder& builder, std::int64_t idle) {
  builder.add(kCpu,
              "cpu.idle",
              std::to_string(idle),
              idle != 0 ? "runs only when nothing else wants the CPU" : "is scheduled as usual");
}

void add_fair(CgroupBuilder& builder, const oci::CpuResources& cpu, bool v2) {
  const bool idle = cpu.idle.value_or(0) != 0;
  if (cpu.idle && !idle) add_idle(builder, 0);
  if (is_set(cpu.shares)) add_shares(builder, *cpu.shares, v2);
  if (idle) add_idle(builder, 1);
  if (cpu.burst && *cpu.burst == 0) add_burst(builder, 0, v2);
  add_quota(builder, cpu, v2);
  if (is_set(cpu.burst)) add_burst(builder, *cpu.burst, v2);
}

Result<void> add_realtime(CgroupBuilder& builder, const oci::CpuResources& cpu) {
  const bool runtime = is_set(cpu.realtime_runtime);
  if (!runtime && !is_set(cpu.realtime_period)) return {};
  const char* where = runtime ? "cpu.realtimeRuntime" : "cpu.realtimePeriod";
  if (TRY(builder.need(kCpu, where))) {
    return not_here(where, "cannot be had with cgroup v2", "leave it out");
  }
  if (is_set(cpu.realtime_period)) {
    builder.add(kCpu,
                "cpu.rt_period_us",
                std::to_string(*cpu.realtime_period),
                "period of the real-time share");
  }
  if (runtime) {
    builder.add(kCpu,
                "cpu.rt_runtime_us",
                std::to_string(*cpu.realtime_runtime),
                "real-time scheduling within each period");
  }
  return {};
}

Result<void> add_set(CgroupBuilder& builder,
                     const std::string& list,
                     const char* where,
                     const char* file,
                     const char* what) {
  if (list.empty()) return {};
  TRY(builder.need(Controller::Cpuset, where));
  if (list.find_first_not_of("0123456789,-:/ ") != std::string::npos) {
    return meaningless(where, quoted(list) + " is no list such as 0-3,7");
  }
  builder.add(Controller::Cpuset, file, list, format("only {} {}", what, list));
  return {};
}

}  // namespace

Result<void> plan_cpu(CgroupBuilder& builder, const oci::CpuResources& cpu) {
  TRY(check(cpu));
  const char* where = is_set(cpu.shares)   ? "cpu.shares"
                      : is_set(cpu.quota)  ? "cpu.quota"
                      : is_set(cpu.period) ? "cpu.period"
                      : cpu.burst          ? "cpu.burst"
                      : cpu.idle           ? "cpu.idle"
                                           : nullptr;
  if (where != nullptr) {
    const bool v2 = TRY(builder.need(kCpu, where));
    add_fair(builder, cpu, v2);
  }
  TRY(add_realtime(builder, cpu));
  TRY(add_set(builder, cpu.cpus, "cpu.cpus", "cpuset.cpus", "CPUs"));
  return add_set(builder, cpu.mems, "cpu.mems", "cpuset.mems", "memory nodes");
}

}  // namespace isle::runtime::plan
