// --cpu-quota and --cpu-period: time on CPUs in each period, microseconds, sched-bwc.
#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Resources& asked = container.resources;
  const bool quota = asked.cpu_quota && *asked.cpu_quota != 0;
  const bool period = asked.cpu_period && *asked.cpu_period != 0;
  if (!quota && !period) return {};
  TRY(builder.need_controller(kernel::cgroup::Controller::Cpu,
                              quota ? "--cpu-quota" : "--cpu-period"));
  if (quota) builder.cpu().quota = asked.cpu_quota;
  if (period) builder.cpu().period = asked.cpu_period;
  return {};
}

}  // namespace

const Option kCpuQuota{
    .flag = {"cpu-quota",
             0,
             Arity::Value,
             "MICROSECONDS",
             "CPU time in each period (-1: no limit)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value != "-1" && value != "0") {
        TRY(parse_between(value, "cpu-quota", 1000, 1'000'000'000'000));
      }
      request.container.resources.cpu_quota = TRY(parse_int(value, "--cpu-quota:"));
      return {};
    },
    .apply = apply,
};

const Option kCpuPeriod{
    .flag = {"cpu-period",
             0,
             Arity::Value,
             "MICROSECONDS",
             "The period of --cpu-quota, 1000 to 1000000 (default 100000)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.resources.cpu_period =
          static_cast<std::uint64_t>(TRY(parse_between(value, "cpu-period", 1000, 1'000'000)));
      return {};
    },
    .apply = nullptr,  // --cpu-quota
};

}  // namespace isle::options
