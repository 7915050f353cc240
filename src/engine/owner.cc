#include "engine/owner.h"

#include <unistd.h>

#include <cerrno>

namespace isle::engine {
namespace {

std::uint32_t host_id(const std::vector<oci::IdMapping>& map) {
  for (const oci::IdMapping& range : map) {
    if (range.container_id == 0) return range.host_id;
  }
  return 0;
}

}  // namespace

HostIds root_inside(const oci::Spec& spec) {
  return {.uid = host_id(spec.linux_->uid_mappings), .gid = host_id(spec.linux_->gid_mappings)};
}

Result<void> give_to_root_inside(int fd, const oci::Spec& spec) {
  if (geteuid() != 0 || spec.linux_->uid_mappings.empty()) return {};
  const HostIds ids = root_inside(spec);
  if (fchown(fd, ids.uid, ids.gid) == 0) return {};
  return fail_call(errno, "fchown(a file of the container)");
}

}  // namespace isle::engine
