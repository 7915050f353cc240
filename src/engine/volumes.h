#pragma once
// Volumes as containers use them: names for those without one, the image's files in those that are
// empty, and who uses which.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/create.h"
#include "engine/database.h"
#include "engine/paths.h"
#include "oci/image.h"
#include "record/container.h"
#include "volume/volume.h"

namespace isle::engine {

volume::Volumes volumes_of(const Paths& paths);

// What was asked becomes what is mounted: places of other containers (--volumes-from), those that
// the image declares, and a name for each volume that has none. Makes nothing.
Result<void> settle_volumes(const Database& database,
                            const oci::ImageRun& image,
                            record::Container& container);

// How a volume is mounted. With `make` one that is not there is made.
Result<oci::Mount> mount_of_volume(const Paths& paths,
                                   const record::MountRequest& request,
                                   bool make);

// Copies what the image has at a volume's place into volumes that are empty, once.
Result<void> fill_volumes(const Paths& paths, const NewContainer& made);

// Names of the containers that use each volume.
using VolumeUsers = std::map<std::string, std::vector<std::string>, std::less<>>;
Result<VolumeUsers> volume_users(const Paths& paths);

// Conflict names who uses it, unless `force` (then only one that is not there is no error).
Result<void> remove_volume(const Paths& paths, std::string_view name, bool force);
// Those nobody uses: anonymous ones, or all. The names.
Result<std::vector<std::string>> prune_volumes(const Paths& paths,
                                               bool all,
                                               const std::vector<std::string>& labels);
// The container, and its anonymous volumes unless another one uses them by now.
Result<void> remove_with_volumes(const Paths& paths, const record::Container& container);

}  // namespace isle::engine
