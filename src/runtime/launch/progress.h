#pragma once
// Memory that parent, stage and init share: the step under way, and the time each one ended. A
// process that dies leaves here how far it came.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "runtime/plan/launch_plan.h"

namespace isle::runtime::launch {

// CLOCK_REALTIME in nanoseconds: a time namespace shifts the monotonic clock on the way.
std::int64_t real_time_ns();

class Progress {
 public:
  // For a plan of so many steps; without `measure` no times are kept.
  static Result<Progress> create(std::size_t steps, bool measure);
  Progress(Progress&& other) noexcept;
  Progress& operator=(Progress&&) = delete;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // Number of the step that is being done.
  std::uint32_t* step() { return static_cast<std::uint32_t*>(memory_); }
  // When each step ended, 0 where none did; null without `measure`.
  std::int64_t* times() { return measure_ ? static_cast<std::int64_t*>(memory_) + 1 : nullptr; }
  // What each step of the plan took, ns, by its own actor's clock; empty without `measure`. `start`
  // is when the parent began.
  std::vector<std::int64_t> durations(const LaunchPlan& plan, std::int64_t start);

 private:
  Progress(void* memory, std::size_t size, bool measure)
      : memory_(memory), size_(size), measure_(measure) {}
  void* memory_;
  std::size_t size_;
  bool measure_;
};

}  // namespace isle::runtime::launch
