#pragma once
// Ports of the host that lead to containers: who has which is a lease; whether a program of the
// host listens there is found out by trying to.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "network/leases.h"
#include "network/networks.h"
#include "record/network_wish.h"
#include "record/wiring.h"

namespace isle::network {

// "[HOST_IP:][HOST_PORT[-LAST]:]PORT[-LAST][/PROTOCOL]", as -p takes it.
Result<record::PortWish> parse_port(std::string_view text);
// "80", "80-82/udp": what --expose and images say.
Result<record::PortWish> parse_exposed(std::string_view text);

struct PortTaker {
  const Places& places;
  std::string_view container;
  const IsAlive& is_alive;
  bool are_held = false;  // the engine itself listens on them, so that nobody else can
};
// Leases are added to `leases`. Conflict names who has it.
Result<std::vector<record::PublishedPort>> take_ports(const PortTaker& taker,
                                                      const record::PortWish& wish,
                                                      const std::vector<std::string>& addresses,
                                                      std::vector<std::string>& leases);

}  // namespace isle::network
