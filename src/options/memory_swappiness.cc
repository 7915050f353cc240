// --memory-swappiness: how readily its pages are swapped. Only v1 has it for a group.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  if (!container.resources.memory_swappiness) return {};
  TRY(builder.need_controller(kernel::cgroup::Controller::Memory, "--memory-swappiness"));
  builder.memory().swappiness = container.resources.memory_swappiness;
  return {};
}

}  // namespace

const Option kMemorySwappiness{
    .flag = {"memory-swappiness",
             0,
             Arity::Value,
             "NUMBER",
             "How readily its memory is swapped, 0 to 100 (cgroup v1)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      // docker's -1 is "as the host has it".
      if (value == "-1") return {};
      request.container.resources.memory_swappiness =
          static_cast<std::uint64_t>(TRY(parse_between(value, "memory-swappiness", 0, 100)));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
