#pragma once
// System calls for init, the code between clone and exec: inline, no errno, no allocation; each
// returns what the kernel returns, -errno for a failure. glibc's wrappers are not used there: they
// may take locks or touch thread state that belongs to the parent.

#include <cstdint>

namespace isle::kernel::raw {

using Word = std::uint64_t;

#if defined(__x86_64__)
inline long call(
    long number, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0, Word f = 0) {
  long result = 0;
  register Word r10 __asm__("r10") = d;
  register Word r8 __asm__("r8") = e;
  register Word r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
inline long call(
    long number, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0, Word f = 0) {
  register Word x8 __asm__("x8") = static_cast<Word>(number);
  register Word x0 __asm__("x0") = a;
  register Word x1 __asm__("x1") = b;
  register Word x2 __asm__("x2") = c;
  register Word x3 __asm__("x3") = d;
  register Word x4 __asm__("x4") = e;
  register Word x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return static_cast<long>(x0);
}
#else
#error "isle's init needs a system call sequence for this processor"
#endif

// A pointer or a signed number as the register holds it.
inline Word word(const void* pointer) { return reinterpret_cast<Word>(pointer); }
inline Word word(long value) { return static_cast<Word>(value); }

}  // namespace isle::kernel::raw
