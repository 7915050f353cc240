// --memory: the most memory the container's processes may use together, cgroups(7). Swap is as
// much again unless --memory-swap says otherwise, as docker has it.
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Resources& asked = container.resources;
  if (!asked.memory || *asked.memory == 0) return {};
  TRY(builder.need_controller(kernel::cgroup::Controller::Memory, "--memory"));
  builder.memory().limit = asked.memory;
  const bool double_it = !asked.memory_swap && *asked.memory > 0 && builder.host.swap_limit &&
                         *asked.memory < (std::int64_t{1} << 61);
  if (double_it) builder.memory().swap = *asked.memory * 2;
  return {};
}

}  // namespace

const Option kMemory{
    .flag = {"memory",
             'm',
             Arity::Value,
             "BYTES",
             "The most memory it may use, such as 512m",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.resources.memory = TRY(parse_limit(value, "memory"));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
