#pragma once
// What a relay has at its other end: the container's side of the input, output and signals.

#include <optional>
#include <string_view>
#include <vector>

#include <poll.h>

#include "base/error.h"
#include "kernel/tty.h"
#include "runtime/relay/relay.h"

namespace isle::runtime {

struct Output {
  int stream = 1;         // 1 or 2
  std::string_view data;  // valid until the next call of receive
};

class FarEnd {
 public:
  FarEnd() = default;
  FarEnd(const FarEnd&) = delete;
  FarEnd& operator=(const FarEnd&) = delete;
  virtual ~FarEnd() = default;

  // Adds what to poll. Not called while the user's side is full: then nothing is received.
  virtual void watch(std::vector<pollfd>& set) = 0;
  // Called after each poll in which something of watch() was ready; never waits.
  virtual Result<std::optional<Output>> receive() = 0;
  // All output has been received, and nothing will come.
  virtual bool ended() const = 0;

  virtual bool takes_input() const = 0;
  // Only after takes_input(); the data is copied or sent whole.
  virtual Result<void> input(std::string_view data) = 0;
  virtual Result<void> end_input() = 0;
  virtual Result<void> resize(kernel::WindowSize size) = 0;
  virtual Result<void> signal(int number) = 0;
  virtual Result<void> output_closed(int stream) = 0;
  virtual Result<void> detach() = 0;
};

enum class RelayResult : std::uint8_t { Ended, Detached };
Result<RelayResult> relay(FarEnd& far, const RelayOptions& options);

// Finds the detach keys in what is typed. What might be their beginning is held back until it is
// known; at the end of input it counts as typed.
class DetachFilter {
 public:
  explicit DetachFilter(std::string keys) : keys_(std::move(keys)) {}
  struct Passed {
    std::string data;
    bool detach = false;
  };
  Passed feed(std::string_view typed);

 private:
  std::string keys_;
  std::size_t matched_ = 0;
};

}  // namespace isle::runtime
