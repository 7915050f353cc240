#pragma once
// From the plan's values to what init interprets: strings become pointers, slots become numbers.
// Everything is made before the clone and lives until the launch is over; init inherits a copy of
// the memory.

#include <deque>
#include <optional>
#include <vector>

#include <linux/filter.h>

#include "kernel/seccomp.h"
#include "runtime/init/program.h"
#include "runtime/launch/slots.h"

namespace isle::runtime::launch {

struct Frozen {
  std::vector<init::Step> steps;
  init::Program program{};
  // What the steps point into; deques do not move their elements.
  std::deque<std::string> texts;
  std::deque<std::vector<const char*>> lists;
  std::deque<std::vector<init::Parameter>> parameters;
  std::deque<std::vector<init::Attr>> attrs;
  std::vector<init::Door> doors;  // of one step
  std::optional<kernel::SeccompProgram> seccomp;
  sock_fprog filter{};
};

// `frozen.seccomp` is compiled already if the plan has a filter. `stdio` are the descriptors that
// become 0, 1 and 2; none of them may be below 3 unless it is at its place.
void freeze(Frozen& frozen, const LaunchPlan& plan, const Slots& slots, const int (&stdio)[3]);

}  // namespace isle::runtime::launch
