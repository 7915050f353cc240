#include "kernel/prefault.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace isle::kernel {

void prefault_heap(Bytes size) {
  constexpr int kNever = 1 << 30;
  // One block of this size would else be a mapping of its own, and go when it is freed.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): main calls this before there could be a thread
  if (mallopt(M_MMAP_THRESHOLD, kNever) != 1 || mallopt(M_TRIM_THRESHOLD, kNever) != 1) return;
  char* block = static_cast<char*>(std::malloc(static_cast<std::size_t>(size.value)));
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  if (block != nullptr) {
    char* start = block - (reinterpret_cast<std::uintptr_t>(block) & (page - 1));
    (void)madvise(start, static_cast<std::size_t>(size.value), MADV_POPULATE_WRITE);
  }
  std::free(block);
}

}  // namespace isle::kernel
