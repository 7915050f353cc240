// What of /proc and /sys a container does not see or may not write: they show and steer the host
// beyond its namespaces.
#include <fnmatch.h>

#include <algorithm>

#include "oci/default_spec.h"
#include "options/rows.h"

namespace isle::options {
namespace {

// Patterns as fnmatch(3) has them: unmask=/proc/* is podman's.
bool matches(const oci::Strings& patterns, const std::string& path) {
  return std::ranges::any_of(patterns, [&path](const std::string& pattern) {
    return pattern == "ALL" || fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
  });
}

}  // namespace

Result<void> apply_masks(SpecBuilder& builder, const record::Container& container) {
  const record::Security& asked = container.security;
  oci::Linux& linux_ = builder.linux_();
  if (!asked.privileged) {
    linux_.masked_paths = oci::default_masked_paths(builder.host.cpus);
    linux_.readonly_paths = oci::default_readonly_paths();
  }
  const auto open = [&asked](const std::string& path) { return matches(asked.unmask, path); };
  std::erase_if(linux_.masked_paths, open);
  std::erase_if(linux_.readonly_paths, open);
  linux_.masked_paths.insert(linux_.masked_paths.end(), asked.mask.begin(), asked.mask.end());
  return {};
}

}  // namespace isle::options
