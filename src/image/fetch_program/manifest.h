#pragma once
// Manifests: asked for, and known by their digest.

#include <string>
#include <string_view>

#include "image/fetch_program/registry.h"

namespace isle::image {

// Of one source, checked: by digest if asked so, against the registry's own word if not.
Result<ManifestAnswer> fetch_manifest(Endpoint& endpoint, const std::string& what);

Result<oci::Digest> digest_of(const std::string& bytes, std::string_view algorithm);

}  // namespace isle::image
