#include "kernel/capability.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string_view>

#include <linux/capability.h>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::kernel {

namespace {
// By number, without the prefix that they all have.
constexpr auto kNames = std::to_array<std::string_view>({
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
});
static_assert(kNames.size() == kLastKnownCapability + 1);
static_assert(kNames[CAP_SYS_ADMIN] == "SYS_ADMIN" && kNames[CAP_SYSLOG] == "SYSLOG" &&
              kNames[CAP_SETFCAP] == "SETFCAP" && kNames[CAP_BPF] == "BPF" &&
              kNames[CAP_CHECKPOINT_RESTORE] == "CHECKPOINT_RESTORE");

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return result;
}

// The text after "NAME:"; nullopt if there is no such line.
std::optional<std::string_view> status_line(std::string_view status, std::string_view name) {
  for (std::string_view line : split(status, '\n')) {
    const Cut parts = cut(line, ':');
    if (parts.found && parts.before == name) return trim(parts.after);
  }
  return std::nullopt;
}

Result<CapabilitySet> parse_line(std::string_view status, std::string_view name) {
  const auto line = status_line(status, name);
  if (!line) return fail(ErrorKind::Corrupt, format("process status has no line {}", quoted(name)));
  return CapabilitySet(TRY(parse_uint(*line, name, 16)));
}
}  // namespace

std::string capability_name(int number) {
  if (number >= 0 && number <= kLastKnownCapability) {
    return "CAP_" + std::string(kNames[static_cast<std::size_t>(number)]);
  }
  return format("CAP_{}", number);
}

std::vector<std::string> capability_names(CapabilitySet set) {
  std::vector<std::string> names;
  for (std::uint64_t rest = set.mask(); rest != 0; rest &= rest - 1) {
    names.push_back(capability_name(std::countr_zero(rest)));
  }
  return names;
}

Result<CapabilitySet> parse_capability(std::string_view text) {
  const std::string name = upper(text);
  std::string_view bare = name;
  if (bare.starts_with("CAP_")) bare.remove_prefix(4);
  if (bare == "ALL") return CapabilitySet::up_to(kLastKnownCapability);
  const auto* found = std::ranges::find(kNames, bare);
  if (found == kNames.end()) {
    return fail(ErrorKind::InvalidArgument,
                format("unknown capability {}", quoted(text)),
                "capabilities(7) lists them: CAP_CHOWN or chown, CAP_NET_ADMIN or net_admin, ALL");
  }
  return CapabilitySet::of(static_cast<int>(found - kNames.begin()));
}

Result<CapabilitySet> parse_capabilities(const std::vector<std::string>& texts) {
  CapabilitySet set;
  for (const std::string& text : texts) set = set | TRY(parse_capability(text));
  return set;
}

Result<CapabilityState> parse_capability_status(std::string_view status) {
  CapabilityState state{
      .inheritable = TRY(parse_line(status, "CapInh")),
      .permitted = TRY(parse_line(status, "CapPrm")),
      .effective = TRY(parse_line(status, "CapEff")),
      .bounding = TRY(parse_line(status, "CapBnd")),
      .ambient = {},
  };
  if (status_line(status, "CapAmb")) state.ambient = TRY(parse_line(status, "CapAmb"));
  return state;
}

Result<CapabilityState> capabilities_of(Pid pid) {
  return parse_capability_status(TRY(read_file(HostPath(format("/proc/{}/status", pid.value)))));
}

Result<int> last_capability() {
  const HostPath path("/proc/sys/kernel/cap_last_cap");
  const auto last = TRY(parse_uint(trim(TRY(read_file(path))), "the last capability"));
  // Sets are 64 bits wide in every interface of the kernel.
  return static_cast<int>(std::min(last, 63ULL));
}

}  // namespace isle::kernel
