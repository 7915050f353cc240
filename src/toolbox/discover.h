#pragma once
// Finds every namespace there is. Each has a file in nsfs that something holds; where that
// something may be is what this goes through:
//
//   processes, their threads, what their children will be in   scan_processes.cc
//   open descriptors: nsfs files, sockets, tun devices         scan_descriptors.cc
//   bind mounts and procfs, in every mount namespace, also in those without a process, and in
//   mount namespaces that are found there                      scan_mounts.cc
//   parents and owners of all of these                         discovery.cc
//   listns(2) where the kernel has it; handles of nsfs         deep.cc
//
// What no walk can see is a descriptor on its way through a UNIX socket.

#include "toolbox/inventory.h"

namespace isle::toolbox {

struct DiscoverOptions {
  bool descriptors = true;
  bool mounts = true;
  // Try handles of nsfs for namespaces that nothing visible holds, for at most so long.
  bool deep = false;
  unsigned deep_milliseconds = 10000;
};
// What may not be looked at is counted and noted; only a host without /proc is an error.
Result<Inventory> discover(const DiscoverOptions& options);

}  // namespace isle::toolbox
