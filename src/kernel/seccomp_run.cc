#include "kernel/seccomp_run.h"

#include <cstring>

#include "base/strings.h"

namespace isle::kernel {

namespace {
bool test_holds(unsigned test, std::uint32_t accumulator, std::uint32_t k) {
  switch (test) {
    case BPF_JEQ: return accumulator == k;
    case BPF_JGE: return accumulator >= k;
    case BPF_JGT: return accumulator > k;
    default: return (accumulator & k) != 0;  // BPF_JSET
  }
}

std::unexpected<Error> foreign(std::size_t at, unsigned code) {
  return fail(ErrorKind::Corrupt,
              format("seccomp instruction {} has code {:#x}, which is not understood", at, code));
}
}  // namespace

Result<SeccompRun> run_seccomp_program(const std::vector<sock_filter>& program,
                                       const seccomp_data& call) {
  SeccompRun run;
  std::uint32_t accumulator = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& instruction = program[at];
    ++run.steps;
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (instruction.k > sizeof(call) - 4 || instruction.k % 4 != 0) {
          return foreign(at, instruction.code);
        }
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&call) + instruction.k, 4);
        break;
      case BPF_ALU | BPF_AND | BPF_K: accumulator &= instruction.k; break;
      case BPF_JMP | BPF_JA: at += instruction.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K:
      case BPF_JMP | BPF_JGE | BPF_K:
      case BPF_JMP | BPF_JGT | BPF_K:
      case BPF_JMP | BPF_JSET | BPF_K:
        at += test_holds(BPF_OP(instruction.code), accumulator, instruction.k) ? instruction.jt
                                                                               : instruction.jf;
        break;
      case BPF_RET | BPF_K: run.answer = instruction.k; return run;
      default: return foreign(at, instruction.code);
    }
  }
  return fail(ErrorKind::Corrupt, "the seccomp program ends without a return");
}

}  // namespace isle::kernel
