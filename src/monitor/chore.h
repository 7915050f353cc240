#pragma once
// Something the supervisor does beside watching its container, in the same poll loop.

#include <cstdint>
#include <vector>

#include <poll.h>

namespace isle::monitor {

class Chore {
 public:
  // So many descriptors it always adds; -1 stands for none.
  static constexpr std::size_t kDescriptors = 2;

  Chore() = default;
  Chore(const Chore&) = delete;
  Chore& operator=(const Chore&) = delete;
  virtual ~Chore() = default;

  virtual void watch(std::vector<pollfd>& set) = 0;
  // When it wants its turn at the latest, ms of CLOCK_MONOTONIC.
  virtual std::int64_t deadline() const = 0;
  // Never waits. The signal that the container's init shall get; 0: none.
  virtual int turn(std::int64_t now) = 0;
  // The container has ended; what it started inside is reaped.
  virtual void end() = 0;
  // The container shall be started again, whatever its policy.
  virtual bool wants_restart() const = 0;
};

}  // namespace isle::monitor
