#include "options/update.h"

#include <array>

#include "options/rows.h"

namespace isle::options {
namespace {

constexpr std::array kRows = {&kRestart,
                              &kMemory,
                              &kMemorySwap,
                              &kMemoryReservation,
                              &kMemorySwappiness,
                              &kCpus,
                              &kCpuShares,
                              &kCpuQuota,
                              &kCpuPeriod,
                              &kCpusetCpus,
                              &kCpusetMems,
                              &kPidsLimit,
                              &kBlkioWeight,
                              &kBlkioWeightDevice,
                              &kDeviceReadBps,
                              &kDeviceWriteBps,
                              &kDeviceReadIops,
                              &kDeviceWriteIops};

}  // namespace

std::vector<Flag> update_flags() {
  std::vector<Flag> flags;
  flags.reserve(kRows.size());
  for (const Option* row : kRows) flags.push_back(row->flag);
  return flags;
}

Result<UpdateRequest> parse_update(std::span<const char* const> arguments) {
  const CommandLine line = TRY(parse_command_line(update_flags(), arguments, Operands::Mixed));
  RunRequest read;
  std::optional<record::RestartPolicy> restart;
  for (const GivenFlag& given : line.flags) {
    TRY(kRows[given.index]->parse(read, given.value));
    if (kRows[given.index] == &kRestart) restart = read.container.life.restart;
  }
  return UpdateRequest{.change = std::move(read.container.resources),
                       .restart = std::move(restart),
                       .changes = !line.flags.empty(),
                       .containers = {line.operands.begin(), line.operands.end()}};
}

Result<void> apply_limits(SpecBuilder& builder, const record::Container& container) {
  for (const Option* row : kRows) {
    if (row->apply != nullptr) TRY(row->apply(builder, container));
  }
  return {};
}

}  // namespace isle::options
