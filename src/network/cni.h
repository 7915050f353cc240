#pragma once
// Why: containerd and Kubernetes have a container's network made by programs called plugins: what
// to do stands in the environment, the network's configuration on standard input, and the answer is
// a document (CNI specification 1.1; 1.0 and 0.4 are spoken, too). isle is one such plugin, type
// "isle-cni", which makes bridges and gives out addresses and ports itself.

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "network/leases.h"
#include "network/networks.h"

namespace isle::network::cni {

// The environment of a plugin.
struct Call {
  std::string command;  // ADD DEL CHECK GC STATUS VERSION
  std::string container, space, device, arguments;
};

struct Answer {
  std::string text;  // standard output
  int status = 0;
};

// Does what is asked. Errors are answers, too, with status 1.
Answer answer(const Call& call,
              std::string_view config,
              const Places& places,
              const IsAlive& is_alive);

}  // namespace isle::network::cni
