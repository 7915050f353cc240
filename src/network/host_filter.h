#pragma once
// Why: a packet has to be let through by every table that filters. Where docker, ufw or the host's
// own rules drop what is forwarded and no rule of theirs wants (FORWARD's policy is DROP), isle's
// containers would reach nobody. What isle lets through bears a mark, and one rule at the end of
// their chain accepts what bears it: it replaces the policy only, what a rule before it drops or
// rejects stays so. Networks made with host_filter=obey do without.

#include <cstdint>

#include "base/error.h"
#include "kernel/netlink.h"

namespace isle::network {

// One bit, of no other program that is known to us.
inline constexpr std::uint32_t kPassMark = 0x04000000;

// The rule in FORWARD of iptables-nft's table, where there is such a chain with that policy.
// Whether it was not there.
Result<bool> pass_host_filter(kernel::NetlinkSocket& socket);

// The same by iptables-legacy, where its table is in use: by the program, as the kernel has no
// other way to add a rule. What goes wrong is the error; without the program nothing is done.
Result<void> pass_legacy_filter();

}  // namespace isle::network
