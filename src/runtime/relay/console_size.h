#pragma once
// Why: the relay hands on the size of the caller's terminal as soon as it runs, but the command may
// look before that.

#include "oci/runtime_spec.h"

namespace isle::runtime {

// The process's terminal, if it has one, begins with the size of standard input's, if that is one.
void begin_with_own_size(oci::Process& process);

}  // namespace isle::runtime
