#pragma once
// Ports as docker's lists show them: "0.0.0.0:8080->80/tcp, 90/udp"; ports in a row as one range.

#include <string>
#include <vector>

#include "record/network_wish.h"
#include "record/wiring.h"

namespace isle::cli {

// "0.0.0.0:8080", "[::]:8080".
std::string host_words(const record::PublishedPort& port);
// What is published, then what is only exposed ("80/tcp").
std::string port_words(std::vector<record::PublishedPort> published, const oci::Strings& exposed);

}  // namespace isle::cli
