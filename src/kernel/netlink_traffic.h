#pragma once
// Why: how fast a device sends is the matter of its queueing discipline, set by messages of
// rtnetlink(7): the token bucket, tc-tbf(8). What a device receives has no queue; it is sent on
// through a device of kind ifb, whose own queue holds it back (tc-mirred(8)).

#include <cstdint>
#include <string>

#include "kernel/netlink.h"

namespace isle::kernel {

// `bits` in a second; `burst` bytes are not held back (0: what suits the rate). What comes faster
// waits, for 50 ms at most, then is dropped.
NetlinkRequest limit_sending(const std::string& name,
                             int index,
                             std::uint64_t bits,
                             std::uint64_t burst);

NetlinkRequest new_ifb(const std::string& name);
// All that `index` receives goes out by `ifb`: the queue for it, then the rule.
NetlinkRequest receive_queue(const std::string& name, int index);
NetlinkRequest send_received_by(const std::string& name, int index, int ifb);

}  // namespace isle::kernel
