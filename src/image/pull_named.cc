#include "image/pull_named.h"

namespace isle::image {

Result<PulledAs> pull_first(const Store& store,
                            const Candidates& candidates,
                            PullRequest request,
                            const std::function<void(const Reference&)>& begins) {
  Error last{.kind = ErrorKind::Internal, .message = "no name to pull"};
  std::string before;
  request.fetch.short_name = candidates.is_short;
  for (const Reference& reference : candidates.references) {
    if (begins) begins(reference);
    Result<Pulled> pulled = pull(store, reference, request);
    if (pulled) return PulledAs{.pulled = std::move(*pulled), .reference = reference};
    last = std::move(pulled).error();
    if (candidates.references.size() == 1) break;
    last = std::move(last).within(reference.str());
    if (&reference == &candidates.references.back()) break;
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
