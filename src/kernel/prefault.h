#pragma once
// Why: a page fault costs as much as twenty system calls, more in a virtual machine, and a program
// that lives for five milliseconds pays for two hundred of them one by one. This takes the pages of
// the heap that will surely be touched in one call.

#include "base/types.h"

namespace isle::kernel {

// A heap of `size` at once, which is not given back before the end (madvise(2),
// MADV_POPULATE_WRITE, Linux 5.14; where there is none, pages fault as ever). The same for the code
// was measured to cost what it saves.
void prefault_heap(Bytes size);

}  // namespace isle::kernel
