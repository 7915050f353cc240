#pragma once
// What a name without a registry means here: registries.conf's aliases and search list say, which
// isle-fetch reads.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/reference.h"
#include "image/store.h"

namespace isle::image {

// In the order in which they are to be tried. A name with a registry is itself, and no program is
// started for it.
struct Candidates {
  std::vector<Reference> references;  // at least one
  std::vector<std::string> warnings;  // of the configuration
  bool is_short = false;              // the registry was not written
};
Result<Candidates> find_candidates(std::string_view text);

// The name under which an image that is meant by `text` is in the store: itself, or the first of
// the candidates that is there; else `text` as it is.
Result<std::string> name_here(const Store& store, std::string_view text);

// Where unqualified names are looked for: "docker.io" if nothing else is configured.
Result<std::vector<std::string>> search_registries();

}  // namespace isle::image
