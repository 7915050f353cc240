#pragma once
// How many namespaces, inotify and fanotify things may be made, and are: namespaces(7),
// /proc/sys/user/max_*. A limit holds for each user in each user namespace; what is made below one
// is charged in all above it, too, to whoever made the one below.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "toolbox/inventory.h"

namespace isle::toolbox {

// True when four fifths are in use.
constexpr bool is_near(std::uint64_t used, std::uint64_t most) { return used * 5 >= most * 4; }

struct Limit {
  std::string name;        // "max_net_namespaces"
  std::uint64_t most = 0;  // of our user namespace
  std::uint64_t used = 0;  // seen by us, of all users
  std::string user;        // who uses most of it
  std::uint64_t by_user = 0;
  bool near() const { return is_near(by_user, most); }
};
std::vector<Limit> limits(const Inventory& inventory);

// What one user has in one user namespace of one kind of namespace. Who made a namespace is known
// of user namespaces; of the others it is taken to be whose process is in it.
struct Charge {
  Index user_namespace = kNone;
  uid_t user = 0;
  kernel::NamespaceKind kind = kernel::NamespaceKind::Uts;
  std::uint64_t used = 0;
  std::optional<std::uint64_t> most;  // absent: that user namespace could not be asked
};
std::vector<Charge> charges(const Inventory& inventory);

// What each user namespace owns, and how deep it is nested (32 levels below the first).
struct OwnedCount {
  Index user_namespace = kNone;
  unsigned owned = 0, depth = 0;
};
std::vector<OwnedCount> owned_counts(const Inventory& inventory);

}  // namespace isle::toolbox
