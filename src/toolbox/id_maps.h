#pragma once
// Maps of ids for a new user namespace, user_namespaces(7). Ids outside are those of the caller's
// user namespace.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::toolbox {

struct IdRange {
  std::uint32_t inside = 0, outside = 0, count = 0;
  auto operator<=>(const IdRange&) const = default;
};
using IdMap = std::vector<IdRange>;

// "INSIDE:OUTSIDE:COUNT", or "OUTSIDE,INSIDE,COUNT" as util-linux 2.38 has it.
Result<IdRange> parse_id_range(std::string_view text);
// What /proc/PID/uid_map has; lines that are none are left out.
IdMap parse_id_map(std::string_view text);
// The user's ranges of /etc/subuid or /etc/subgid. NotFound names file and user.
Result<IdMap> subordinate_ranges(const char* file, uid_t uid);
// Adds ranges at the first free ids inside, lowest first: what auto means.
void add_automatic(IdMap& map, const IdMap& subordinate);
// The map without one id inside and one outside, which another range has: what is behind moves up,
// and the highest ids of a range that loses one fall away (unshare(1), --map-users beside
// --map-user).
IdMap cut_out(const IdMap& map, const IdRange& one);
// Every id of this user namespace as itself.
Result<IdMap> identity_map(const char* file);
// InvalidArgument: two ranges overlap, inside or outside; Unsupported: more than 340.
Result<void> check_id_map(const IdMap& map, const char* what);

// The number inside for one outside, and back; false: it has none.
bool to_inside(const IdMap& map, std::uint32_t outside, std::uint32_t& inside);
bool to_outside(const IdMap& map, std::uint32_t inside, std::uint32_t& outside);

// For the process; by the kernel's file where that is allowed, else by newuidmap or newgidmap.
// `file` is "uid_map" or "gid_map".
Result<void> write_map(Pid pid, const char* file, const IdMap& map);
std::string map_words(const IdMap& map);

}  // namespace isle::toolbox
