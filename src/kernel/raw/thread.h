#pragma once
// A second thread of init, without the C library: clone(2) with a stack of the caller's. The new
// thread shares all memory and descriptors; an exec of the first one ends it.

#include <sched.h>
#include <sys/syscall.h>

#include "kernel/raw/call.h"

namespace isle::kernel::raw {

using ThreadBody = void (*)(void*);

// Runs `body(argument)`, which must not return (it ends by SYS_exit), on the stack that ends at
// `stack_end`, aligned to 16 bytes. The thread's id, or -errno.
inline long start_thread(ThreadBody body, void* argument, void* stack_end) {
  constexpr Word kFlags =
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  Word* top = static_cast<Word*>(stack_end) - 2;
  top[0] = reinterpret_cast<Word>(body);
  top[1] = reinterpret_cast<Word>(argument);
#if defined(__x86_64__)
  long result = 0;
  __asm__ volatile(
      "xor %%r10d, %%r10d\n\t"
      "xor %%r8d, %%r8d\n\t"
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "pop %%rax\n\t"
      "pop %%rdi\n\t"
      "call *%%rax\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "0"(Word{SYS_clone}), "D"(kFlags), "S"(top), "d"(Word{0})
      : "rcx", "r8", "r10", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register Word x8 __asm__("x8") = SYS_clone;
  register Word x0 __asm__("x0") = kFlags;
  register Word x1 __asm__("x1") = word(top);
  register Word x2 __asm__("x2") = 0;
  register Word x3 __asm__("x3") = 0;
  register Word x4 __asm__("x4") = 0;
  __asm__ volatile(
      "svc 0\n\t"
      "cbnz x0, 1f\n\t"
      "ldp x1, x0, [sp], #16\n\t"
      "mov x29, xzr\n\t"
      "blr x1\n\t"
      "brk #0\n"
      "1:"
      : "+r"(x0), "+r"(x1)
      : "r"(x8), "r"(x2), "r"(x3), "r"(x4)
      : "memory");
  return static_cast<long>(x0);
#endif
}

// Tells the processor that this is a loop that waits.
inline void relax() {
#if defined(__x86_64__)
  __asm__ volatile("pause" ::: "memory");
#elif defined(__aarch64__)
  __asm__ volatile("yield" ::: "memory");
#endif
}

}  // namespace isle::kernel::raw
