// --cpu-shares: its weight against others when all want the CPU; 1024 is usual.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  if (!container.resources.cpu_shares || *container.resources.cpu_shares == 0) return {};
  TRY(builder.need_controller(kernel::cgroup::Controller::Cpu, "--cpu-shares"));
  builder.cpu().shares = container.resources.cpu_shares;
  return {};
}

}  // namespace

const Option kCpuShares{
    .flag = {"cpu-shares",
             'c',
             Arity::Value,
             "NUMBER",
             "Weight against other groups, 2 to 262144 (usual: 1024)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.resources.cpu_shares =
          value == "0"
              ? 0
              : static_cast<std::uint64_t>(TRY(parse_between(value, "cpu-shares", 2, 262'144)));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
