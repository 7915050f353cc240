#pragma once
// Why: what a wiring made is taken away again. At once goes what others could meet: ports, names,
// addresses. What takes long is left to a child that nobody waits for: the kernel deletes a device
// in 20 to 60 ms, and clears up behind a change of the firewall in 10 to 20.

#include <vector>

#include "base/error.h"
#include "record/wiring.h"

namespace isle::network {

struct Unwiring {
  record::Wiring part;                      // ports and leases are given back
  std::vector<record::Attachment> bridges;  // nobody is on them any more
  std::vector<record::Attachment> devices;  // they do not end by themselves
  int space = -1;                           // the network namespace of `devices`; -1: it is gone
  bool at_once = false;                     // the namespace lives on: without them from now on
};

// What is gone already is no error. A lock that the caller holds by flock(2) is the child's, too,
// until the devices are deleted.
Result<void> unwire(const Unwiring& wanted);

// What does not end with the network namespace.
void release(const record::Wiring& wiring);

// Takes the device away from inside. Here and now.
Result<void> disconnect(const record::Attachment& attachment, int space);

// Takes a bridge away, also from the firewall. Here and now.
Result<void> remove_bridge(const record::Attachment& attachment);

}  // namespace isle::network
