// /proc/self/mountinfo, /proc/self/cgroup and cgroup.controllers: names in them are whatever
// somebody mounted. Three texts, parted by zero bytes. Pure, and no group's directory leaves its
// mount.

#include "kernel/mountinfo.h"
#include "base/strings.h"
#include "check.h"
#include "kernel/cgroup/group.h"
#include "kernel/cgroup/layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isle;
  const std::vector<std::string_view> parts = split(fuzz::text_of(data, size), '\0');
  const auto part = [&](std::size_t i) { return i < parts.size() ? parts[i] : std::string_view(); };
  const kernel::cgroup::Layout layout = kernel::cgroup::parse_layout(part(0), part(1), part(2));
  static_cast<void>(layout.kind());
  const auto path = kernel::cgroup::check_group_path(part(3));
  for (const kernel::cgroup::Hierarchy& hierarchy : layout.hierarchies) {
    static_cast<void>(hierarchy.own_group());
    if (!path) continue;
    const std::string directory = hierarchy.directory(*path);
    fuzz::check(directory.starts_with(hierarchy.mount), "a group lies below its mount");
    fuzz::check(directory.find("/../", hierarchy.mount.size()) == std::string::npos &&
                    !directory.ends_with("/.."),
                "a group's path does not climb");
  }
  // The same lines as the namespace tools read them: those of a type are among all of them.
  const auto mounts = kernel::parse_mounts(part(0));
  const auto procs = kernel::parse_mounts_of(part(0), "proc");
  fuzz::check(procs.size() <= mounts.size(), "mounts of a type are mounts");
  for (const kernel::MountLine& mount : procs) fuzz::check(mount.type == "proc", "of that type");
  return 0;
}
