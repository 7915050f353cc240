#pragma once
// Before a container is made: its image is fetched if it is not here, or as --pull has it.

#include "engine/paths.h"
#include "image/pull.h"
#include "image/pull_policy.h"
#include "record/container.h"

namespace isle::engine {

struct ProvideHooks {
  std::function<void(const std::string&)> warn;
  std::function<void(const std::string& name)> begins;        // a pull; may be empty
  std::function<void(const image::LayerProgress&)> progress;  // may be empty
};

// Does nothing for a container with --rootfs.
Result<void> provide_image(const Paths& paths,
                           const record::Container& container,
                           const image::PullWish& wish,
                           const ProvideHooks& hooks);

}  // namespace isle::engine
