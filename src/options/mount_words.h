#pragma once
// Why: --volume, --mount and --tmpfs are three spellings of one thing: a mount of the OCI
// specification, over the container's root.

#include <string>
#include <string_view>

#include "base/error.h"
#include "record/storage.h"

namespace isle::options {

// The mount point: absolute, not "/".
Result<std::string> mount_target(std::string_view text, std::string_view flag);
// Options of a bind mount as -v takes them ("ro,rslave"); adds "rbind" and "rprivate" unless said
// otherwise, and makes "ro" recursive. Unsupported names what isle does not do.
Result<oci::Strings> bind_options(std::string_view words, std::string_view flag);
// A volume, with a name or none, and options as those of a bind mount or nocopy.
Result<record::MountRequest> volume_request(std::string_view name,
                                            std::string_view target,
                                            std::string_view words,
                                            std::string_view flag);
// Of a tmpfs: nosuid, nodev, noexec unless said otherwise; its parameters are checked.
Result<oci::Strings> tmpfs_options(std::string_view words, std::string_view flag);
// Refuses a second mount on the same place.
Result<void> add_mount(record::Storage& storage, record::MountRequest mount, std::string_view flag);

}  // namespace isle::options
