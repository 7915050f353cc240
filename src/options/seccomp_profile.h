#pragma once
// Why: --security-opt seccomp=FILE takes the profiles people have: docker's and podman's form,
// where rules depend on capabilities, architecture and kernel, or the OCI specification's own.

#include <string_view>

#include "base/error.h"
#include "kernel/capability.h"
#include "oci/runtime_spec.h"

namespace isle::options {

// What a profile's conditions are held against.
struct ProfileContext {
  oci::Strings capabilities;  // of the container: "CAP_CHOWN"
  std::string_view architecture = "amd64";
  unsigned kernel_major = 6, kernel_minor = 1;
};

// InvalidArgument names the JSON path of what cannot be read.
Result<oci::Seccomp> read_profile(std::string_view text, const ProfileContext& context);

}  // namespace isle::options
