#pragma once
// Why: "idmap=uids=0-1000-10#10-2000-5;gids=@0-100-10" of a mount, as podman has it: ids as the
// files have them, what they are on the host (with "@": in the container), and how many.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::options {

struct IdWord {
  std::uint32_t from = 0, to = 0, count = 0;
  bool inside = false;  // `to` is an id of the container
};

struct IdWords {
  std::vector<IdWord> uids, gids;
};

// Empty text: nothing of either. Else both have to be there.
Result<IdWords> parse_id_words(std::string_view text);

// As the specification has them. InvalidArgument: an id inside that the container has not.
Result<std::vector<oci::IdMapping>> mappings_of(const std::vector<IdWord>& words,
                                                const std::vector<oci::IdMapping>& container);

}  // namespace isle::options
