#pragma once
// Why: --volume, --mount, --tmpfs, --volumes-from and an image's volumes are one list in the
// record; this is what becomes of it in the specification.

#include "options/spec_builder.h"
#include "record/container.h"

namespace isle::options {

// The user's mounts win over the default ones on and below the same place.
Result<void> apply_mounts(SpecBuilder& builder, const record::Container& container);

}  // namespace isle::options
