#pragma once
// Why: which controllers this host has, and where. A host may be v1, v2 or both at once: each
// controller lives in exactly one hierarchy, so the question is asked per controller and never
// per host. Read from /proc/self/mountinfo (what is mounted and visible to us) and
// /proc/self/cgroup (our own place), both seen through our cgroup namespace. proc(5), cgroups(7).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/cgroup/controller.h"

namespace isle::kernel::cgroup {

enum class Version : unsigned char { V1, V2 };

// One mounted tree of groups.
struct Hierarchy {
  Version version = Version::V1;
  std::string mount;       // "/sys/fs/cgroup/memory"
  std::string mount_root;  // the group the mount shows: "/" but for bind mounts
  std::string own_path;    // our own group; relative to the namespace, not to mount_root
  ControllerSet controllers;
  bool read_only = false;
  // The group below which ours are made, relative to what is mounted; an ordinary user's is not
  // the root (delegation.h).
  std::string base = "/";

  // Absolute directory of group `path`, which is relative to what is mounted.
  std::string directory(std::string_view path) const;
  // Our own group relative to what is mounted; none if the mount does not show it.
  std::optional<std::string> own_group() const;
  bool operator==(const Hierarchy&) const = default;
};

struct Layout {
  std::vector<Hierarchy> hierarchies;  // v1 in the order of their mounts, v2 last

  // Null if the controller is absent.
  const Hierarchy* find(Controller controller) const;
  // The v2 tree, which may hold no controller at all (hybrid); null on a pure v1 host.
  const Hierarchy* v2() const;
  // The hierarchy whose mount holds `directory`.
  const Hierarchy* holding(std::string_view directory) const;
  bool has(Controller controller) const { return find(controller) != nullptr; }
  bool on_v2(Controller controller) const;
  // "v1", "v2", "hybrid" or "none".
  std::string_view kind() const;
};

// Pure. `mountinfo` and `own` are the texts of /proc/self/mountinfo and /proc/self/cgroup;
// `v2_controllers` that of cgroup.controllers at the root of the v2 mount.
Layout parse_layout(std::string_view mountinfo,
                    std::string_view own,
                    std::string_view v2_controllers);

// This process's host, at the cost of three small files.
Result<Layout> detect_layout();

}  // namespace isle::kernel::cgroup
