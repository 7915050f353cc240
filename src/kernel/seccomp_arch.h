#pragma once
// Why: the same name has another number on each architecture. Names and numbers up to Linux 6.7
// come from libseccomp, whose header only the .cc of this file includes; newer ones from our table.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace isle::kernel {

struct SeccompArch {
  std::string_view name;    // "X86_64"
  std::uint32_t audit = 0;  // what seccomp_data.arch holds: AUDIT_ARCH_*
  std::uint32_t token = 0;  // libseccomp's; not the same for x32
  std::uint32_t base = 0;   // number of the first call
  bool wide = false;        // arguments have 64 bits
  bool little_endian = true;
};

inline constexpr std::uint32_t kX32Bit = 0x40000000;

// By libseccomp's name without "SCMP_ARCH_".
const SeccompArch* find_seccomp_arch(std::string_view name);
const SeccompArch& native_seccomp_arch();
std::string seccomp_arch_names();

// Name -> number of one architecture.
using SyscallNumbers = std::unordered_map<std::string, std::uint32_t>;
SyscallNumbers syscall_numbers(const SeccompArch& arch);

// Whether any architecture has, or ever had, a call of this name.
bool is_syscall_name(const std::string& name);

// How i386 and its kin also reach some calls: by the first argument of one call for all of them.
struct Multiplexed {
  std::string_view through;  // "socketcall" or "ipc"
  std::uint32_t call = 0;
  std::uint32_t mask = 0;  // of the bits that choose; ipc keeps a version above them
};
std::optional<Multiplexed> multiplexed_syscall(std::string_view name);

}  // namespace isle::kernel
