// --security-opt seccomp=FILE: a profile becomes a program the kernel would load, which has an
// answer for every call, or it is refused in words.

#include "options/seccomp_profile.h"
#include "check.h"
#include "kernel/seccomp_run.h"
#include "oci/runtime_spec_json.h"
#include "runtime/plan/seccomp.h"

namespace {

using namespace isle;

void run(const kernel::SeccompProgram& program) {
  constexpr std::uint32_t kNative = 0xc000003e;  // AUDIT_ARCH_X86_64
  constexpr std::uint32_t kOther = 0x40000003;   // AUDIT_ARCH_I386
  for (const std::uint32_t arch : {kNative, kOther, 0U}) {
    for (const int number : {-1, 0, 1, 41, 56, 59, 102, 308, 435, 1000, 0x40000000, 0x40000038}) {
      const seccomp_data call{
          .nr = number, .arch = arch, .instruction_pointer = 0, .args = {1, 2, 3, 4, 5, 6}};
      fuzz::check(kernel::run_seccomp_program(program.instructions, call).has_value(),
                  "the kernel would load the program");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto profile = options::read_profile(fuzz::text_of(data, size),
                                             {.capabilities = {"CAP_CHOWN", "CAP_SYS_ADMIN"}});
  if (!profile) {
    fuzz::check(!profile.error().describe().empty(), "a refusal has words");
    return 0;
  }
  const auto filter = runtime::seccomp_filter(*profile);
  if (!filter) return 0;
  const auto program = kernel::compile(*filter);
  if (program) run(*program);
  return 0;
}
