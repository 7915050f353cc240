#pragma once
// An inventory in words and as JSON: shared by the commands that show parts of it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "toolbox/inventory.h"

namespace isle::toolbox {

// The container whose first process is in it, if it is that container's own: not the caller's.
const ContainerName* container_of(const Inventory& inventory,
                                  const ContainerNames& names,
                                  const Namespace& space);
// "descriptor 5 of process 12 (sleep 9)"; what to close so that it goes.
std::string reason_of(const Inventory& inventory, const Holder& holder);
std::string remedy_of(const Inventory& inventory, const Holder& holder);
// A row: Kind, Inode, Name, Id, Processes, PID, User, Command, Owner, Parent, Container, Kept.
json::Value namespace_row(const Inventory& inventory,
                          const ContainerNames& names,
                          const Namespace& space);
// The row, and its holders.
json::Value namespace_json(const Inventory& inventory,
                           const ContainerNames& names,
                           const Namespace& space);

// What a word names: PID, inode ("4026531840"), "net:[4026531840]", a path of a namespace's file, a
// container. Several for a process or container: all its namespaces. NotFound lists what can be
// said.
Result<std::vector<Index>> find_namespaces(const Inventory& inventory,
                                           const ContainerNames& names,
                                           std::string_view word);
// A process: PID, or a container's first.
Result<Pid> find_process(const ContainerNames& names, std::string_view word);

enum class TreeBy : unsigned char { Owner, Pid, User };
// Owner: user namespaces with what they own. Pid, User: parents of that kind alone.
std::string tree_text(const Inventory& inventory,
                      const ContainerNames& names,
                      TreeBy by,
                      std::optional<kernel::NamespaceKind> only);

}  // namespace isle::toolbox
