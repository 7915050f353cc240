#pragma once
// Why: files are given away in a tree that others may write to at the same time. No symbolic link
// is followed, no other file system is entered, and a directory is only gone into if it is the one
// that was looked at.

#include <sys/types.h>

#include "base/error.h"

namespace isle::kernel {

// `file` and, if it is a directory, all below it. What belongs to them already is not touched. The
// process' working directory changes meanwhile, so it has to have one thread.
Result<void> chown_tree(int file, uid_t uid, gid_t gid);

}  // namespace isle::kernel
