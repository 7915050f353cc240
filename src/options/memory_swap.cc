// --memory-swap: memory and swap together; -1 is no limit of swap.
#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Resources& asked = container.resources;
  if (!asked.memory_swap || *asked.memory_swap == 0) return {};
  if (!asked.memory || *asked.memory <= 0) {
    return fail(ErrorKind::InvalidArgument,
                "--memory-swap needs --memory",
                "it is the sum of memory and swap");
  }
  if (*asked.memory_swap != -1 && *asked.memory_swap < *asked.memory) {
    return fail(
        ErrorKind::InvalidArgument,
        format("--memory-swap {} is less than --memory {}", *asked.memory_swap, *asked.memory),
        "it is the sum of memory and swap: the same value means no swap");
  }
  TRY(builder.need_controller(kernel::cgroup::Controller::Memory, "--memory-swap"));
  if (!builder.host.swap_limit) {
    return fail(ErrorKind::Unsupported,
                "--memory-swap: this kernel does not account swap",
                "start it with swapaccount=1");
  }
  builder.memory().swap = asked.memory_swap;
  return {};
}

}  // namespace

const Option kMemorySwap{
    .flag = {"memory-swap",
             0,
             Arity::Value,
             "BYTES",
             "The most memory and swap together (default: twice --memory; -1: any swap)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.resources.memory_swap = TRY(parse_limit(value, "memory-swap"));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
