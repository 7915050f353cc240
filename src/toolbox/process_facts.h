#pragma once
// What /proc tells of one process, as far as isolation goes, and which powers it has over whom:
// user_namespaces(7), ptrace(2), kill(2), setns(2).

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "kernel/capability.h"
#include "toolbox/id_maps.h"
#include "toolbox/inventory.h"

namespace isle::toolbox {

struct ProcessFacts {
  Pid pid;
  std::string status;                         // the text of /proc/PID/status
  std::array<std::uint32_t, 4> uid{}, gid{};  // real, effective, saved, file system; as we see them
  kernel::CapabilityState capabilities;
  std::vector<pid_t> levels;  // NSpid: from our PID namespace inwards
  IdMap uid_map, gid_map;
  std::array<Index, kernel::kNamespaceKinds> in{};
  bool dumpable = true;          // as far as the owner of /proc/PID tells
  std::string mountinfo, label;  // by read_walls: its mounts; what a security module calls it

  Index space(kernel::NamespaceKind kind) const { return in[static_cast<std::size_t>(kind)]; }
};
// NotFound: it has gone. Denied: its namespaces are not ours to see.
Result<ProcessFacts> facts_of_process(const Inventory& inventory, Pid pid);

// What only `can` asks for, and is dear for every process of a machine.
void read_walls(ProcessFacts& facts);

// What the process may do as far as user namespaces go (cap_capable in the kernel).
struct Power {
  kernel::CapabilitySet set;
  std::string rule;
};
Power power_over(const Inventory& inventory, const ProcessFacts& process, Index user_namespace);
// The user namespace whose capabilities decide about a namespace: itself, or its owner.
Index judge_of(const Inventory& inventory, Index space);
// The namespace itself or one above it: parents of user and PID namespaces.
bool is_ancestor(const Inventory& inventory, Index ancestor, Index space);

// One thing A may do to B, or may not, and by which rule.
struct Verdict {
  std::string what;
  bool may = false;
  std::string rule;
};
std::vector<Verdict> can(const Inventory& inventory, const ProcessFacts& a, const ProcessFacts& b);

// What differs between two processes.
struct Difference {
  std::string what, a, b;
};
std::vector<Difference> differences(const Inventory& inventory,
                                    const ProcessFacts& a,
                                    const ProcessFacts& b);

// The number a process has in each PID namespace, outermost first.
struct Level {
  Index space = kNone;
  pid_t pid = 0;
};
std::vector<Level> pid_levels(const Inventory& inventory, const ProcessFacts& process);
// The process that has this number in that PID namespace. NotFound.
Result<Pid> find_by_inner_pid(const Inventory& inventory, Index space, pid_t inner);

}  // namespace isle::toolbox
