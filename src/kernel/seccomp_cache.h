#pragma once
// Why: compiling a profile of 400 names for three architectures costs more than all else a start
// computes, and gives the same program every time. Programs are kept on disk by content: a file's
// name comes from a fast hash of the filter, the file holds the whole filter, isle's version and
// the program, and is used only if all of the filter is the same, byte by byte. So neither a
// collision nor an older isle can hand out a wrong program, and no cryptography is needed.
//
// The program guards a container: a file (and its directory) must belong to the caller and be
// writable by nobody else, else it is as if it were not there.

#include "base/error.h"
#include "base/types.h"
#include "kernel/seccomp.h"

namespace isle::kernel {

struct CachedSeccompProgram {
  SeccompProgram program;
  bool from_cache = false;
};

// compile(filter), through `directory` (such as /run/islet/.seccomp; it and its parent are made
// with mode 0700). A cache that cannot be read or written is not an error: the filter is compiled.
// At most 1024 programs are kept; a newcomer to a taken place replaces what is there.
Result<CachedSeccompProgram> compile_cached(const SeccompFilter& filter, const HostPath& directory);

}  // namespace isle::kernel
