#include "image/pull_named.h"

namespace isle::image {

Result<PulledAs> pull_first(const Store& store,
                            const std::vector<Reference>& candidates,
                            const PullRequest& request,
                            const std::function<void(const Reference&)>& begins) {
  Error last{.kind = ErrorKind::Internal, .message = "no name to pull"};
  std::string before;
  for (const Reference& reference : candidates) {
    if (begins) begins(reference);
    Result<Pulled> pulled = pull(store, reference, request);
    if (pulled) return PulledAs{.pulled = std::move(*pulled), .reference = reference};
    last = std::move(pulled).error();
    if (candidates.size() == 1) break;
    last = std::move(last).within(reference.str());
    if (&reference == &candidates.back()) break;
    before += "; before it, " + last.describe();
  }
  if (!before.empty()) {
    last.message = last.describe() + before;
    last.steps.clear();
    last.call.clear();
    last.errnum = 0;
  }
  return std::unexpected(std::move(last));
}

}  // namespace isle::image
