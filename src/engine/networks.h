#pragma once
// What is done with networks: who is in one, joining and leaving one while the container runs,
// removal, repair.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/network_filter.h"
#include "engine/networking.h"

namespace isle::engine {

struct Member {
  std::string id, name;
  record::Attachment attachment;
};
// Running containers of a network.
Result<std::vector<Member>> members_of(const Paths& paths, const record::Network& network);

Result<void> connect_container(const Paths& paths,
                               std::string_view container,
                               const record::NetworkWish& wish);
Result<void> disconnect_container(const Paths& paths,
                                  std::string_view container,
                                  std::string_view network,
                                  bool force);

// Conflict when containers are in it, unless `force`, which removes them. Gives its name.
Result<std::string> remove_network(const Paths& paths, std::string_view name, bool force);
// Those that pass; `broken` is told of what cannot be read.
Result<std::vector<record::Network>> networks_that_pass(const Paths& paths,
                                                        const std::vector<NetworkFilter>& filters,
                                                        std::vector<Error>* broken);
// Those that pass and in which nobody is, but not the default one; gives their names.
Result<std::vector<std::string>> prune_networks(const Paths& paths,
                                                const std::vector<NetworkFilter>& filters);

// Makes bridges and the firewall what running containers need: of all, with the firewall's table as
// new, or of one.
Result<void> reload_networks(const Paths& paths, const std::optional<std::string>& container);

// Its rules drop what its zones do not know, and no rule in another table changes that.
bool has_firewalld();

}  // namespace isle::engine
