#pragma once
// Before a container is made: its image is fetched if it is not here, or as --pull has it.

#include <functional>
#include <string>

#include "base/error.h"
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

// The name under which it is here then: a short name may stand for an image of another registry
// than docker.io. Does nothing for a container with --rootfs.
Result<std::string> provide_image(const Paths& paths,
                                  const record::Container& container,
                                  const image::PullWish& wish,
                                  const ProvideHooks& hooks);

// The same for the images that are mounted in it; they take the names they have here then.
Result<void> provide_mounted_images(const Paths& paths,
                                    record::Container& container,
                                    const image::PullWish& wish,
                                    const ProvideHooks& hooks);

}  // namespace isle::engine
