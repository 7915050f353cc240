#pragma once
// How many namespaces, inotify and fanotify things may be made, and are: namespaces(7),
// /proc/sys/user/max_*. A limit holds for each user in each user namespace; what is made below one
// counts in all above it, too.

#include <cstdint>
#include <string>
#include <vector>

#include "toolbox/inventory.h"

namespace isle::toolbox {

struct Limit {
  std::string name;        // "max_net_namespaces"
  std::uint64_t most = 0;  // of our user namespace
  std::uint64_t used = 0;  // seen by us, of all users
  std::string user;        // who uses most of it
  std::uint64_t by_user = 0;
  bool counted = true;  // false: nobody but the kernel knows how many
  bool near() const { return counted && by_user * 5 >= most * 4; }
};
std::vector<Limit> limits(const Inventory& inventory);

// In use by user namespace: what each owns, and how deep it is nested (32 levels below the first).
struct OwnedCount {
  Index user_namespace = kNone;
  unsigned owned = 0, depth = 0;
};
std::vector<OwnedCount> owned_counts(const Inventory& inventory);

}  // namespace isle::toolbox
