#pragma once
// Who is called what in which network. Pure: registrations in, answers out.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "record/wiring.h"

namespace isle::network::dns {

class Names {
 public:
  // A container, under a number of the caller's; a second time with other networks.
  void set(int key, const record::Wiring& wiring);
  void remove(int key);

  // As seen by `asker`: containers of its networks by that name ("web", "web.NETWORK"). nullopt:
  // no such name.
  std::optional<std::vector<IpAddress>> addresses(int asker, std::string_view name) const;
  std::optional<std::string> name_of(int asker, const IpAddress& address) const;

 private:
  struct Place {
    std::string network;
    std::vector<std::string> names;  // lower case
    std::vector<IpAddress> addresses;
  };
  std::map<int, std::vector<Place>> containers_;
  bool share(int asker, const std::string& network) const;
};

}  // namespace isle::network::dns
