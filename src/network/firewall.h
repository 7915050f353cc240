#pragma once
// Why: one table, "inet isle", says all that isle wants of the host's firewall. Its rules never
// change; what there is of bridges and published ports are elements of its sets and maps, so that
// the thousandth container costs what the first did, and nothing has to be searched to be removed.

#include <span>

#include "base/error.h"
#include "kernel/netlink.h"
#include "record/wiring.h"

namespace isle::network {

inline constexpr const char* kTable = "isle";

// Lets the bridges of `wiring` through and publishes its ports; makes the table where it is not
// there. Conflict: a port is somebody's. Nothing is changed then.
Result<void> open_firewall(kernel::NetlinkSocket& socket, const record::Wiring& wiring);

// The table as new, in one step: with what somebody took out of it, and with all that `wirings`
// need (of more than some hundred the rest has to follow by open_firewall).
Result<void> rebuild_firewall(kernel::NetlinkSocket& socket,
                              std::span<const record::Wiring> wirings);

// Takes back the ports of `wiring`, and the bridges of `gone`, which are no more: in one step. What
// is not there is no error. The socket should be closed by somebody whom nobody waits for: the
// kernel clears up in close(2), which takes 10 to 20 ms.
Result<void> close_firewall(kernel::NetlinkSocket& socket,
                            const record::Wiring& wiring,
                            std::span<const record::Attachment> gone);

}  // namespace isle::network
