#include "kernel/directory.h"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

#include "base/scratch.h"

namespace isle::kernel {

Result<std::vector<int>> numbers_in(int directory) {
  constexpr std::size_t kName = 19;  // of struct linux_dirent64: inode, offset, length, type
  std::vector<int> numbers;
  Scratch page(32768);
  for (;;) {
    const long size = syscall(SYS_getdents64, directory, page.data(), page.size());
    if (size < 0) return fail_call(errno, "getdents64()");
    if (size == 0) return numbers;
    for (long at = 0; at < size;) {
      const char* entry = page.data() + at;
      std::uint16_t length = 0;
      std::memcpy(&length, entry + 16, sizeof length);
      const char* name = entry + kName;
      const char* end = name + std::strlen(name);
      int number = 0;
      const auto read = std::from_chars(name, end, number);
      if (read.ec == std::errc() && read.ptr == end && number >= 0) numbers.push_back(number);
      at += length;
    }
  }
}

}  // namespace isle::kernel
