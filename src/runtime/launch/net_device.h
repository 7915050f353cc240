#pragma once
// Moves a network device of the host into a container's network namespace, as linux.netDevices
// asks, and back when the container does not come to be. Both run in the process of a stage, which
// is in the container's network namespace afterwards. `space` is a descriptor of that namespace.

#include <string>

#include "base/error.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime::launch {

struct MovedNetDevice {
  std::string name;    // on the host
  std::string inside;  // in the container
  bool was_up = false;
};

// Addresses of global scope that were given by hand come along, and the device is up. If something
// fails after the move, the device is moved back.
// Errors: NotFound, Conflict (the name is taken inside), Unsupported (it cannot be moved).
Result<MovedNetDevice> move_net_device(const op::MoveNetDevice& operation, int space);
// With its addresses, under its name of before; a virtual device would end with the container.
Result<void> return_net_device(const MovedNetDevice& moved, int space);

}  // namespace isle::runtime::launch
