#pragma once
#include <string>

#include "image/fetch_program/registry.h"

namespace isle::image {

// Of one source, checked: by digest if asked so, against the registry's own word if not.
Result<ManifestAnswer> fetch_manifest(Endpoint& endpoint, const std::string& what);

}  // namespace isle::image
