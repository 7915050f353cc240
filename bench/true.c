/*
 * Does nothing, without a C library: what is measured is the runtime.
 *
 *   true         ends at once
 *   true wait    ends when it is killed
 */
void body(const long* stack);

/* Registers hold nothing yet; the stack begins with the number of arguments. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start: mov %rsp, %rdi\n\tcall body");
static void call(long number) {
  __asm__ volatile("syscall" ::"a"(number), "D"(0L) : "rcx", "r11", "memory");
}
enum { kExit = 60, kPause = 34 };
#elif defined(__aarch64__)
__asm__(".globl _start\n_start: mov x0, sp\n\tbl body");
static void call(long number) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = 0; /* ppoll: no descriptors, no timeout */
  register long x1 __asm__("x1") = 0;
  register long x2 __asm__("x2") = 0;
  register long x3 __asm__("x3") = 0;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
}
enum { kExit = 93, kPause = 73 };
#endif

void body(const long* stack) {
  while (stack[0] > 1) call(kPause);
  for (;;) call(kExit);
}
