#pragma once
// What a name without a registry means here: registries.conf's aliases and search list say, which
// isle-fetch reads.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/reference.h"

namespace isle::image {

// In the order in which they are to be tried. A name with a registry is itself, and no program is
// started for it.
struct Candidates {
  std::vector<Reference> references;  // at least one
  std::vector<std::string> warnings;  // of the configuration
};
Result<Candidates> find_candidates(std::string_view text);

// Where unqualified names are looked for: "docker.io" if nothing else is configured.
Result<std::vector<std::string>> search_registries();

}  // namespace isle::image
