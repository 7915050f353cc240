#include "kernel/sealed_start.h"

#if defined(__x86_64__)

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "kernel/raw/call.h"
#include "kernel/sealed_program.h"

// Nothing of the C library works yet: no thread pointer, no strlen (it is chosen by the processor's
// abilities, later). tools/check-init-symbols holds this file to that.

namespace isle::kernel {
namespace {

using raw::call;
using raw::word;

constexpr const char* kSelf = "/proc/self/exe";
constexpr std::size_t kMostVariables = 1000;
constexpr std::size_t kMostPath = 4000;

bool same(const char* a, const char* b) {
  while (*a != 0 && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

bool enters_container(char* const* arguments) {
  for (char* const* argument = arguments; *argument != nullptr; ++argument) {
    for (const char* const* name = kIsleSealedWords; *name != nullptr; ++name) {
      if (same(*argument, *name)) return true;
    }
  }
  return false;
}

bool lies_read_only() {
  struct statfs about;  // NOLINT(cppcoreguidelines-pro-type-member-init): memset is not to be had
  if (call(SYS_statfs, word(kSelf), word(&about)) != 0) return false;
  // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): the kernel has filled it
  return (about.f_flags & ST_RDONLY) != 0;
}

long read_only_mount() {
  constexpr raw::Word kFlags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  const long tree = call(SYS_open_tree, word(AT_FDCWD), word(kSelf), kFlags);
  if (tree < 0) return tree;
  const mount_attr read_only{MOUNT_ATTR_RDONLY, 0, 0, 0};
  const long done = call(
      SYS_mount_setattr, word(tree), word(""), AT_EMPTY_PATH, word(&read_only), sizeof read_only);
  return done < 0 ? done : tree;
}

// "ISLE_SEALED_FROM=" and where the program lies.
bool name_origin(char* out) {
  for (const char* from = kSealedFrom; *from != 0; ++from) *out++ = *from;
  *out++ = '=';
  const long length = call(SYS_readlink, word(kSelf), word(out), kMostPath);
  if (length <= 0 || length == static_cast<long>(kMostPath)) return false;
  out[length] = 0;
  return true;
}

// The environment and one variable more; false when there are too many.
bool extend(char* const* environment, char* variable, char** out) {
  std::size_t count = 0;
  for (; environment[count] != nullptr; ++count) {
    if (count == kMostVariables) return false;
    out[count] = environment[count];
  }
  out[count] = variable;
  out[count + 1] = nullptr;
  return true;
}

void seal(char** arguments, char** environment) {
  if (call(SYS_geteuid) != 0 || !enters_container(arguments) || lies_read_only()) return;
  char origin[kMostPath + 64];
  char* variables[kMostVariables + 2];
  if (!name_origin(origin) || !extend(environment, origin, variables)) return;
  const long tree = read_only_mount();
  if (tree < 0) return;
  call(SYS_execveat,
       word(tree),
       word(""),
       word(static_cast<const void*>(arguments)),
       word(static_cast<const void*>(variables)),
       AT_EMPTY_PATH);
  call(SYS_close, word(tree));
}

}  // namespace
}  // namespace isle::kernel

extern "C" {

// `stack` as the kernel leaves it: the number of arguments, they, nullptr, the environment, nullptr
// (System V ABI, AMD64 supplement, "Initial Stack").
[[gnu::used]] void isle_seal_at_start(long* stack) {
  char** arguments = reinterpret_cast<char**>(stack + 1);
  isle::kernel::seal(arguments, arguments + stack[0] + 1);
}

[[gnu::naked, noreturn]] void isle_start() {
  __asm__ volatile(
      "mov %rsp, %rdi\n\t"
      "call isle_seal_at_start\n\t"
      "xor %edx, %edx\n\t"  // no function for the end: there is no dynamic loader
      "jmp _start");
}
}

#endif
