#pragma once
// Why: an ordinary user may make groups only below one that was handed to it: a directory that is
// its own, with cgroup.procs and (on v2) cgroup.subtree_control. cgroups(7), "Cgroup delegation";
// cgroup-v2.rst, "Delegation containment": a process moves only between groups whose common
// ancestor's cgroup.procs its mover may write. The topmost such ancestor of our own group is
// therefore the place from which all that is ours can be reached.

#include <functional>
#include <string>

#include <sys/types.h>

#include "kernel/cgroup/layout.h"

namespace isle::kernel::cgroup {

// Pure: the topmost of `own_group` and its ancestors for which `is_ours` (asked with the path in
// the tree, "/" first) holds; none if there is no such group.
std::optional<std::string> topmost_delegated(
    std::string_view own_group, const std::function<bool(const std::string& path)>& is_ours);

// What of `layout` the user `uid` may use: only the hierarchies in which a group is its own, their
// `base` set to it, and of v2 only the controllers that were handed down to that group. Reads the
// directories' owners and modes.
Layout delegated_layout(const Layout& layout, uid_t uid);
// The same for a group that is known: of v2 alone, with `base` as it is, and the controllers that
// this group has.
Layout layout_below(const Layout& layout, std::string_view base);

}  // namespace isle::kernel::cgroup
