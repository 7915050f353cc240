#include "islet/update_flags.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/strings.h"

namespace isle::islet {

namespace {

std::unexpected<Error> no_size(std::string_view text, std::string_view what) {
  return fail(ErrorKind::InvalidArgument,
              format("{} {} is no size", what, quoted(text)),
              "a number of bytes, or one with a unit: 512k, 64m, 2g");
}

// Empty, "b", "k", "kb", "kib" ... in any case: how often 1024. Negative: no unit.
int power_of(std::string_view unit) {
  const std::string name = lower(unit);
  if (name.empty() || name == "b") return 0;
  constexpr std::string_view kLetters = "kmgtpe";
  const std::size_t power = kLetters.find(name[0]);
  const std::string_view rest = std::string_view(name).substr(1);
  const bool known = rest.empty() || rest == "b" || rest == "ib";
  return power == std::string_view::npos || !known ? -1 : static_cast<int>(power) + 1;
}

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

Result<void> take_size(const Arguments& arguments,
                       const char* flag,
                       std::optional<std::int64_t>& out) {
  if (const auto text = arguments.text(flag)) out = TRY(parse_size(*text, format("--{}", flag)));
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

Result<std::int64_t> parse_size(std::string_view text, std::string_view what) {
  if (text == "-1") return -1;
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const int power = power_of(trim(text.substr(static_cast<std::size_t>(end - text.data()))));
  if (error != std::errc() || number < 0 || power < 0) return no_size(text, what);
  const double bytes = std::ldexp(number, 10 * power);
  // Below 2^63: what a double holds of it is exact enough to convert.
  if (!(bytes < 9.2e18))
    return fail(ErrorKind::InvalidArgument, format("{} {} is too large", what, quoted(text)));
  return static_cast<std::int64_t>(bytes);
}

std::string_view given_update_flag(const Arguments& arguments) {
  for (const Option& option : std::span(kUpdateOptions).subspan(1)) {
    if (arguments.text(option.name)) return option.name;
  }
  return {};
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
