#pragma once
// Keeping a namespace without a process: a bind mount of its file, under a name. Network namespaces
// go where ip-netns(8) has them, /run/netns, so that `ip netns` and isle see each other's; the
// other kinds go to /run/isle-ns/KIND.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/namespace.h"

namespace isle::toolbox {

std::string pin_directory(kernel::NamespaceKind kind);
// A name is a file's: no slash, not "." or "..".
Result<std::string> pin_path(kernel::NamespaceKind kind, std::string_view name);

// Conflict: the name is taken. `source` is a path of a namespace's file of that kind.
Result<void> pin(kernel::NamespaceKind kind, std::string_view name, const std::string& source);
// A new one: made by a child, which ends.
Result<void> pin_new(kernel::NamespaceKind kind, std::string_view name);
// NotFound. The namespace goes when nothing else holds it.
Result<void> unpin(kernel::NamespaceKind kind, std::string_view name);

struct Pin {
  kernel::NamespaceKind kind = kernel::NamespaceKind::Net;
  std::string name, path;
};
// All there are; by name alone where the kind is not said.
std::vector<Pin> pins();
Result<Pin> find_pin(std::string_view name);

}  // namespace isle::toolbox
