#pragma once
// What a container's mounts need on the host before it starts: directories for what is written over
// others (O, images), the owner that U asks for, and images that stay as long as it does.

#include "base/error.h"
#include "engine/create.h"
#include "engine/paths.h"
#include "record/container.h"

namespace isle::engine {

// Each mount of an image remembers what its name means now.
Result<void> settle_image_mounts(const Paths& paths, record::Container& container);

// After the sources are there and volumes are filled. Writes to the container's directory, and
// gives away what U names.
Result<void> prepare_mounts(const Paths& paths, const NewContainer& made);

}  // namespace isle::engine
