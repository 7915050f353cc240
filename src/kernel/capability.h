#pragma once
// Why: capabilities have numbers in the kernel, names in the OCI spec and short names at a shell;
// everything between works on this one set. capabilities(7), linux/capability.h of Linux 6.1
// (nothing was added up to 7.0).

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::kernel {

// The highest capability isle knows: CAP_CHECKPOINT_RESTORE, Linux 5.9.
inline constexpr int kLastKnownCapability = 40;

class CapabilitySet {
 public:
  constexpr CapabilitySet() = default;
  constexpr explicit CapabilitySet(std::uint64_t mask) : mask_(mask) {}
  // CAP_CHOWN ... of <linux/capability.h>.
  static constexpr CapabilitySet of(int number) {
    return CapabilitySet(std::uint64_t{1} << number);
  }
  // Every capability from 0 to `last`.
  static constexpr CapabilitySet up_to(int last) {
    return CapabilitySet((std::uint64_t{2} << last) - 1);
  }

  constexpr std::uint64_t mask() const { return mask_; }
  constexpr bool empty() const { return mask_ == 0; }
  constexpr bool contains(int number) const { return (mask_ >> number & 1) != 0; }
  constexpr bool contains(CapabilitySet other) const { return (other.mask_ & ~mask_) == 0; }

  constexpr CapabilitySet operator|(CapabilitySet other) const {
    return CapabilitySet(mask_ | other.mask_);
  }
  constexpr CapabilitySet operator&(CapabilitySet other) const {
    return CapabilitySet(mask_ & other.mask_);
  }
  // Those that `other` does not have.
  constexpr CapabilitySet operator-(CapabilitySet other) const {
    return CapabilitySet(mask_ & ~other.mask_);
  }
  auto operator<=>(const CapabilitySet&) const = default;

 private:
  std::uint64_t mask_ = 0;
};

// "CAP_CHOWN"; "CAP_41" for a number newer than the table.
std::string capability_name(int number);
// In the order of their numbers.
std::vector<std::string> capability_names(CapabilitySet set);

// "CAP_CHOWN", "chown" or "ALL" in any case; error InvalidArgument names the text. ALL is every
// capability of the table: intersect with what the kernel has.
Result<CapabilitySet> parse_capability(std::string_view text);
Result<CapabilitySet> parse_capabilities(const std::vector<std::string>& texts);

// The five sets of a thread, as /proc/PID/status shows them.
struct CapabilityState {
  CapabilitySet inheritable, permitted, effective, bounding, ambient;
  auto operator<=>(const CapabilityState&) const = default;
};
// `status` is the text of /proc/PID/status; CapAmb may be absent (before Linux 4.3).
Result<CapabilityState> parse_capability_status(std::string_view status);
// Of a process on this host's /proc.
Result<CapabilityState> capabilities_of(Pid pid);

// The kernel's highest capability, from /proc/sys/kernel/cap_last_cap.
Result<int> last_capability();

}  // namespace isle::kernel
