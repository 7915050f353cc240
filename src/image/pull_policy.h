#pragma once
// When an image that is to be run is fetched: what --pull says, and what goes with it.

#include <optional>
#include <string_view>

#include "base/error.h"
#include "image/fetch_options.h"
#include "oci/image.h"

namespace isle::image {

enum class PullPolicy : unsigned char { Missing, Always, Newer, Never };
// "missing", "always", "newer", "never": InvalidArgument quotes anything else.
Result<PullPolicy> parse_pull_policy(std::string_view text);

struct PullWish {
  PullPolicy policy = PullPolicy::Missing;
  std::optional<oci::Platform> platform;
  FetchOptions fetch;
  bool quiet = false;
};

}  // namespace isle::image
