#pragma once
// Those who watch one container: its first client and those of the attach socket. What cannot be
// sent waits here, and as long as anything waits no more output is read (protocol.h says why).

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/fd.h"
#include "monitor/protocol.h"

namespace isle::monitor {

struct Client {
  kernel::UniqueFd socket;
  bool first = false;
  bool muted = false;                // gets no output
  std::vector<std::string> waiting;  // packets that the client has no room for yet
  std::int64_t waiting_since = 0;    // ms, monotonic
  std::string input;                 // what the container has not taken of its last Stdin frame
  bool input_ends = false;           // StdinEnd came behind that frame
  bool gone = false;
};

class Clients {
 public:
  // Milliseconds that another than the first client may hold up the container.
  static constexpr std::int64_t kPatience = 1000;
  // So many at once; each may cost a frame of memory.
  static constexpr std::size_t kMost = 32;

  void add(kernel::UniqueFd socket, bool first);
  std::vector<Client>& all() { return clients_; }
  Client* first();

  void send(const FrameHead& head, std::string_view payload);
  void send_to(Client& client, const FrameHead& head, std::string_view payload);
  // Tries again what waits.
  void flush(Client& client);

  // Somebody has no room: read no output.
  bool holding() const;
  // When the next of them runs out of patience; -1: none will.
  std::int64_t next_deadline() const;
  // Forgets those that are gone, and those that have held the container for too long.
  void tidy(std::int64_t now);

 private:
  std::vector<Client> clients_;
};

// Milliseconds of CLOCK_MONOTONIC.
std::int64_t monotonic_ms();

}  // namespace isle::monitor
