// --cpus: how many CPUs' worth of time it may use: a quota in each period of 100 ms.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

constexpr std::int64_t kBillion = 1'000'000'000;

std::unexpected<Error> bad(std::string_view value) {
  return fail(ErrorKind::InvalidArgument,
              format("--cpus: {} is no number of CPUs", quoted(value)),
              "such as 2 or 0.5");
}

// Decimal with at most nine places, exactly.
Result<void> parse(RunRequest& request, std::string_view value) {
  const Cut parts = cut(value, '.');
  std::string places(parts.after);
  if (places.size() > 9 || (parts.found && places.empty())) return bad(value);
  places.resize(9, '0');
  const auto whole = parse_uint(parts.before.empty() ? "0" : parts.before, "");
  const auto part = parse_uint(places, "");
  if (!whole || !part || *whole > 1'000'000) return bad(value);
  request.container.resources.nano_cpus =
      static_cast<std::int64_t>(*whole) * kBillion + static_cast<std::int64_t>(*part);
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Resources& asked = container.resources;
  if (!asked.nano_cpus || *asked.nano_cpus == 0) return {};
  if (asked.cpu_quota || asked.cpu_period) {
    return fail(ErrorKind::InvalidArgument,
                "--cpus and --cpu-quota or --cpu-period exclude each "
                "other",
                "--cpus 1.5 is --cpu-quota 150000 --cpu-period 100000");
  }
  const std::int64_t quota = *asked.nano_cpus / 10'000;
  if (quota < 1000 || *asked.nano_cpus > kBillion * builder.host.cpus) {
    return fail(
        ErrorKind::InvalidArgument,
        format("--cpus must be between 0.01 and {}, the CPUs of this host", builder.host.cpus));
  }
  TRY(builder.need_controller(kernel::cgroup::Controller::Cpu, "--cpus"));
  builder.cpu().quota = quota;
  builder.cpu().period = 100'000;
  return {};
}

}  // namespace

const Option kCpus{
    .flag = {"cpus",
             0,
             Arity::Value,
             "NUMBER",
             "How many CPUs it may use, such as 1.5",
             Section::Limits},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
