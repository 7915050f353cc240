// --memory-reservation: memory that is not taken while the host has enough (v2: memory.low).
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Resources& asked = container.resources;
  if (!asked.memory_reservation || *asked.memory_reservation == 0) return {};
  if (asked.memory && *asked.memory > 0 && *asked.memory_reservation > *asked.memory) {
    return fail(ErrorKind::InvalidArgument, "--memory-reservation is more than --memory");
  }
  TRY(builder.need_controller(kernel::cgroup::Controller::Memory, "--memory-reservation"));
  builder.memory().reservation = asked.memory_reservation;
  return {};
}

}  // namespace

const Option kMemoryReservation{
    .flag = {"memory-reservation",
             0,
             Arity::Value,
             "BYTES",
             "Memory that is left to it while others have to give",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.resources.memory_reservation =
          TRY(parse_limit(value, "memory-reservation"));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
