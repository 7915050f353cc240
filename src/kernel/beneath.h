#pragma once
// Why: names that strangers wrote (members of an archive) are opened under one directory and
// nowhere else. openat2(2) of Linux 5.6: RESOLVE_BENEATH refuses "..", absolute names and magic
// links that lead out, RESOLVE_NO_SYMLINKS any link on the way, and the check is atomic.

#include <string>

#include "base/error.h"
#include "kernel/fd.h"

namespace isle::kernel {

// Opens `path` below `directory`, through no symbolic link. An empty fd: it does not exist.
Result<UniqueFd> open_beneath_if_exists(int directory,
                                        const std::string& path,
                                        int flags,
                                        mode_t mode = 0);
// The same; absence is an error too (NotFound).
Result<UniqueFd> open_beneath(int directory, const std::string& path, int flags, mode_t mode = 0);

// `path` as a process sees it whose root is `directory`: links and ".." lead no further than that.
Result<UniqueFd> open_in_root(int directory, const std::string& path, int flags);

// Removes `name` of `directory` with all below it; no link is followed, no other file system is
// entered. What is not there is fine. Directories that refuse their owner are opened up first.
Result<void> remove_tree(int directory, const std::string& name);

}  // namespace isle::kernel
