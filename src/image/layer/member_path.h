#pragma once
// A member's name made into a path below the layer's root. Names are hostile input: what could
// mean another place is refused, never guessed.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace isle::image {

struct MemberPath {
  std::string parent;  // "" is the root
  std::string name;    // "" : the root itself

  bool is_root() const { return name.empty(); }
  std::string str() const { return parent.empty() ? name : parent + "/" + name; }
};

// Bytes. The kernel takes 4096 at a time; deeper places are reached in hops (kernel/beneath.h).
inline constexpr std::size_t kMaxMemberPath = std::size_t{64} << 10;

// "./a//b/" -> {"a", "b"}. A leading "/" is the layer's root, as every engine reads it (some
// builders write names so); ".." is refused.
Result<MemberPath> member_path(std::string_view text);

}  // namespace isle::image
