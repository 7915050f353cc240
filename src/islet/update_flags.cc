#include "islet/update_flags.h"

#include <limits>

#include "base/byte_size.h"
#include "base/strings.h"

namespace isle::islet {

namespace {

template <typename T>
Result<void> take_unsigned(const Arguments& arguments, const char* flag, std::optional<T>& out) {
  const auto text = arguments.text(flag);
  if (!text) return {};
  const unsigned long long number = TRY(parse_uint(*text, format("--{}", flag)));
  if (number > std::numeric_limits<T>::max()) {
    return fail(ErrorKind::InvalidArgument, format("--{} {} is too large", flag, quoted(*text)));
  }
  out = static_cast<T>(number);
  return {};
}

Result<void> take_signed(const Arguments& arguments,
                         const char* flag,
                         std::optional<std::int64_t>& out) {
  if (const auto text = arguments.text(flag)) {
    out = TRY(parse_int(*text, format("--{}", flag)));
  }
  return {};
}

// -1 is no limit.
Result<void> take_size(const Arguments& arguments,
                       const char* flag,
                       std::optional<std::int64_t>& out) {
  const auto text = arguments.text(flag);
  if (!text) return {};
  out = *text == "-1" ? -1 : TRY(parse_byte_size(*text, format("--{}", flag)));
  return {};
}

Result<void> read_cpu(oci::CpuResources& cpu, const Arguments& arguments) {
  TRY(take_unsigned(arguments, "cpu-shares", cpu.shares));
  TRY(take_unsigned(arguments, "cpu-share", cpu.shares));
  TRY(take_unsigned(arguments, "cpu-period", cpu.period));
  TRY(take_signed(arguments, "cpu-quota", cpu.quota));
  TRY(take_unsigned(arguments, "cpu-burst", cpu.burst));
  TRY(take_unsigned(arguments, "cpu-rt-period", cpu.realtime_period));
  TRY(take_signed(arguments, "cpu-rt-runtime", cpu.realtime_runtime));
  TRY(take_signed(arguments, "cpu-idle", cpu.idle));
  cpu.cpus = arguments.text("cpuset-cpus").value_or("");
  cpu.mems = arguments.text("cpuset-mems").value_or("");
  return {};
}

Result<void> read_memory(oci::MemoryResources& memory, const Arguments& arguments) {
  TRY(take_size(arguments, "memory", memory.limit));
  TRY(take_size(arguments, "memory-reservation", memory.reservation));
  TRY(take_size(arguments, "memory-swap", memory.swap));
  TRY(take_size(arguments, "kernel-memory", memory.kernel));
  return take_size(arguments, "kernel-memory-tcp", memory.kernel_tcp);
}

}  // namespace

std::string_view given_update_flag(const Arguments& arguments) {
  for (const Option& option : std::span(kUpdateOptions).subspan(1)) {
    if (option.name == "l3-cache-schema" || option.name == "mem-bw-schema") continue;
    if (arguments.text(option.name)) return option.name;
  }
  return {};
}

runtime::CacheShares read_cache_shares(const Arguments& arguments) {
  return {.l3_cache_schema = std::string(arguments.text("l3-cache-schema").value_or("")),
          .mem_bw_schema = std::string(arguments.text("mem-bw-schema").value_or(""))};
}

Result<oci::Resources> read_update_flags(const Arguments& arguments) {
  oci::Resources resources;
  oci::CpuResources cpu;
  TRY(read_cpu(cpu, arguments));
  resources.cpu = std::move(cpu);
  oci::MemoryResources memory;
  TRY(read_memory(memory, arguments));
  resources.memory = memory;
  oci::BlockIoResources io;
  TRY(take_unsigned(arguments, "blkio-weight", io.weight));
  if (io.weight) resources.block_io = std::move(io);
  TRY(take_signed(arguments, "pids-limit", resources.pids_limit));
  return resources;
}

}  // namespace isle::islet
