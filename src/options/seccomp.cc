// seccomp: which system calls the container may make: isle's own profile, one from a file, or any.
// See seccomp(2).
#include <sys/utsname.h>

#include "base/strings.h"
#include "oci/default_seccomp.h"
#include "options/rows.h"
#include "options/seccomp_profile.h"

namespace isle::options {
namespace {

ProfileContext context_of(const oci::Strings& capabilities) {
  ProfileContext context{.capabilities = capabilities};
#ifdef __aarch64__
  context.architecture = "arm64";
#endif
  struct utsname name{};
  if (uname(&name) != 0) return context;
  const auto parts = split(name.release, '.');
  if (parts.size() < 2) return context;
  context.kernel_major = static_cast<unsigned>(parse_uint(parts[0], "").value_or(6));
  context.kernel_minor = static_cast<unsigned>(
      parse_uint(parts[1].substr(0, parts[1].find_first_not_of("0123456789")), "").value_or(1));
  return context;
}

}  // namespace

Result<void> apply_seccomp(SpecBuilder& builder, const record::Container& container) {
  const std::string& asked = container.security.seccomp;
  if (asked == "unconfined" || (asked.empty() && container.security.privileged)) return {};
  const oci::Strings& capabilities = builder.process().capabilities->bounding;
  if (asked.empty()) {
    builder.linux_().seccomp =
        oci::default_seccomp(capabilities, container.storage.size.has_value());
    return {};
  }
  const std::string text = TRY_STEP(builder.world.read_host_file(asked), "--security-opt seccomp");
  builder.linux_().seccomp = TRY_STEP(read_profile(text, context_of(capabilities)),
                                      format("--security-opt seccomp: {}", quoted(asked)));
  return {};
}

}  // namespace isle::options
