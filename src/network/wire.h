#pragma once
// Why: what a wiring says is carried out by messages to the kernel, in the process that made the
// container, while its first process waits: rtnetlink(7), veth(4). No program is started.

#include "base/error.h"
#include "record/wiring.h"

namespace isle::network {

// The bridge of an attachment, with its address and what the host must allow; or a parent that is a
// VLAN. One that is there is left as it is.
Result<void> provide_host_device(const record::Attachment& attachment);

// The device inside, in the network namespace `space`, its addresses and routes. Ends with the
// namespace.
Result<void> connect(const record::Attachment& attachment, int space);

// Bridges and ports in the firewall.
Result<void> publish(const record::Wiring& wiring);

// After somebody deleted the bridge, or flushed the firewall: everything but the container's own
// end, which nobody else reaches, is made again where it is missing.
Result<void> repair(const record::Wiring& wiring);

// NotFound names the first part of a wiring that is not there any more: a device inside or outside,
// an address, the firewall's table.
Result<void> check_wired(const record::Wiring& wiring, int space);

}  // namespace isle::network
