#include "image/pull_policy.h"

#include <array>

#include "base/strings.h"

namespace isle::image {

Result<PullPolicy> parse_pull_policy(std::string_view text) {
  constexpr std::array kNames = {"missing", "always", "newer", "never"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) return static_cast<PullPolicy>(i);
  }
  return fail(ErrorKind::InvalidArgument,
              format("{} is no pull policy", quoted(text)),
              "it is missing, always, newer or never");
}

}  // namespace isle::image
