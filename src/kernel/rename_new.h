#pragma once
// Why: what is published by a rename must not take the place of something. ZFS before 2.2 has no
// flags of renameat2(2).

#include <string>

#include "base/error.h"

namespace isle::kernel {

// A directory gets another name, which nobody has: errno EEXIST, Conflict. Without RENAME_NOREPLACE
// a directory that is empty is replaced, and no other.
Result<void> rename_new(int from, const std::string& name, int to, const std::string& new_name);

}  // namespace isle::kernel
