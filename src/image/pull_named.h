#pragma once
// Pulling what a person wrote: a short name may mean images of several registries (short_names.h),
// which are tried in order.

#include <functional>

#include "base/error.h"
#include "image/pull.h"
#include "image/reference.h"
#include "image/short_names.h"
#include "image/store.h"

namespace isle::image {

struct PulledAs {
  Pulled pulled;
  Reference reference;  // the one that was there
};

// `begins` hears of each try and may be empty. When none succeeds, the error has what each said.
Result<PulledAs> pull_first(const Store& store,
                            const Candidates& candidates,
                            PullRequest request,
                            const std::function<void(const Reference&)>& begins);

}  // namespace isle::image
