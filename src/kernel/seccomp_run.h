#pragma once
// Why: to ask what a program does with a call without making the call. It runs the instructions
// that seccomp(2) accepts (kernel/seccomp.c, seccomp_check_filter) on a seccomp_data.

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <vector>

#include "base/error.h"

namespace isle::kernel {

struct SeccompRun {
  std::uint32_t answer = 0;  // SECCOMP_RET_* | data
  int steps = 0;             // instructions that were run
};

// Error Corrupt for an instruction the kernel would not load, or a jump out of the program.
Result<SeccompRun> run_seccomp_program(const std::vector<sock_filter>& program,
                                       const seccomp_data& call);

}  // namespace isle::kernel
