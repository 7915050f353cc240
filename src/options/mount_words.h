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
// Options as -v takes them ("ro,rslave,U") of a bind mount, a volume or an image, whichever `mount`
// is; adds "rbind" and "rprivate" unless said otherwise, and makes "ro" recursive. Unsupported
// names what isle does not do.
Result<void> take_mount_words(record::MountRequest& mount,
                              std::string_view words,
                              std::string_view flag);
// A volume, with a name or none.
Result<record::MountRequest> volume_request(std::string_view name,
                                            std::string_view target,
                                            std::string_view words,
                                            std::string_view flag);
// A path beneath a volume or image: not empty, without "..", and without a slash at its beginning.
Result<std::string> subpath_of(std::string_view text, std::string_view flag);
// Of a tmpfs: nosuid, nodev, noexec unless said otherwise; its parameters are checked.
Result<oci::Strings> tmpfs_options(std::string_view words, std::string_view flag);
// Refuses a second mount on the same place.
Result<void> add_mount(record::Storage& storage, record::MountRequest mount, std::string_view flag);

}  // namespace isle::options
