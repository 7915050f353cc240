#include "cli/output/port_words.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/strings.h"

namespace isle::cli {
namespace {

std::string address_words(const std::string& address) {
  return address.find(':') == std::string::npos ? address : format("[{}]", address);
}

// So many ports from `port` on, of the host and the container alike.
std::string range_words(const record::PublishedPort& port, unsigned count) {
  const std::string address = address_words(port.host_ip);
  if (count == 1) {
    return format("{}:{}->{}/{}", address, port.host_port, port.container_port, port.protocol);
  }
  return format("{}:{}-{}->{}-{}/{}",
                address,
                port.host_port,
                port.host_port + count - 1,
                port.container_port,
                port.container_port + count - 1,
                port.protocol);
}

bool follows(const record::PublishedPort& port,
             unsigned distance,
             const record::PublishedPort& next) {
  return next.host_ip == port.host_ip && next.protocol == port.protocol &&
         next.host_port == port.host_port + distance &&
         next.container_port == port.container_port + distance;
}

}  // namespace

std::string host_words(const record::PublishedPort& port) {
  return format("{}:{}", address_words(port.host_ip), port.host_port);
}

std::string port_words(std::vector<record::PublishedPort> published, const oci::Strings& exposed) {
  std::ranges::sort(published, [](const auto& a, const auto& b) {
    return std::tie(a.protocol, a.host_ip, a.container_port, a.host_port) <
           std::tie(b.protocol, b.host_ip, b.container_port, b.host_port);
  });
  std::vector<std::string> words;
  std::set<std::string> shown;
  for (std::size_t i = 0; i < published.size();) {
    unsigned count = 1;
    while (i + count < published.size() && follows(published[i], count, published[i + count])) {
      ++count;
    }
    words.push_back(range_words(published[i], count));
    for (; count > 0; --count, ++i) {
      shown.insert(format("{}/{}", published[i].container_port, published[i].protocol));
    }
  }
  for (const std::string& port : exposed) {
    if (shown.insert(port).second) words.push_back(port);
  }
  return join(words, ", ");
}

}  // namespace isle::cli
