#pragma once
// The registry that login, logout and search are told.

#include <string>
#include <string_view>

#include "base/error.h"
#include "image/reference.h"

namespace isle::cli {

// "quay.io", "quay.io/me", "https://index.docker.io/v1/", or "" for docker.io. The repository is
// the part behind the registry and may be empty.
Result<image::Reference> parse_registry(std::string_view text);
// "quay.io/me": the name under which its credentials are kept.
std::string credentials_key(const image::Reference& registry);

}  // namespace isle::cli
