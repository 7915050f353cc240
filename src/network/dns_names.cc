#include "network/dns_names.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::network::dns {

void Names::set(int key, const record::Wiring& wiring) {
  std::vector<Place> places;
  for (const record::Attachment& attachment : wiring.attachments) {
    if (!attachment.serves_names) continue;
    Place place{.network = lower(attachment.network), .names = {}, .addresses = {}};
    for (const std::string& name : attachment.names) place.names.push_back(lower(name));
    for (const std::string& text : attachment.addresses) {
      const auto range = IpRange::parse(text);
      if (range) place.addresses.push_back(range->address);
    }
    places.push_back(std::move(place));
  }
  containers_[key] = std::move(places);
}

void Names::remove(int key) { containers_.erase(key); }

bool Names::share(int asker, const std::string& network) const {
  const auto found = containers_.find(asker);
  return found != containers_.end() && std::ranges::any_of(found->second, [&](const Place& place) {
           return place.network == network;
         });
}

std::optional<std::vector<IpAddress>> Names::addresses(int asker, std::string_view name) const {
  std::optional<std::vector<IpAddress>> found;
  for (const auto& [key, places] : containers_) {
    for (const Place& place : places) {
      if (!share(asker, place.network)) continue;
      const bool called = std::ranges::any_of(place.names, [&](const std::string& own) {
        return name == own || name == own + "." + place.network;
      });
      if (!called) continue;
      if (!found) found.emplace();
      found->insert(found->end(), place.addresses.begin(), place.addresses.end());
    }
  }
  return found;
}

std::optional<std::string> Names::name_of(int asker, const IpAddress& address) const {
  for (const auto& [key, places] : containers_) {
    for (const Place& place : places) {
      if (place.names.empty() || !share(asker, place.network)) continue;
      if (std::ranges::find(place.addresses, address) == place.addresses.end()) continue;
      return place.names[0] + "." + place.network;
    }
  }
  return std::nullopt;
}

}  // namespace isle::network::dns
