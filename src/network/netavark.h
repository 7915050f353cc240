#pragma once
// Why: podman has its networks made by a program called netavark: a document on standard input says
// which networks (network_info) a container gets and what it is given in each (networks), addresses
// included, since podman hands those out itself. Pure: documents to requests and back.
// The protocol: netavark(1), and podman's libnetwork/types.

#include <string>
#include <string_view>

#include "base/error.h"
#include "network/foreign.h"

namespace isle::network {

// Unsupported names the driver or option that isle does not have.
Result<ForeignRequest> read_netavark_request(std::string_view text);

// What podman is told of each network of the request.
std::string netavark_answer(const ForeignRequest& request, const record::Wiring& wiring);

}  // namespace isle::network
