#include "toolbox/process_facts.h"

#include <algorithm>

#include <linux/capability.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::toolbox {

using kernel::CapabilitySet;
using kernel::NamespaceKind;

namespace {

std::string file_of(Pid pid, const char* name) {
  return kernel::read_file(HostPath(format("/proc/{}/{}", pid.value, name))).value_or("");
}

template <typename Numbers>
void read_numbers(std::string_view text, Numbers take) {
  for (const std::string_view word : split(text, '\t')) {
    const auto number = parse_int(trim(word), "a number");
    if (number) take(*number);
  }
}

std::array<std::uint32_t, 4> four(std::string_view text) {
  std::array<std::uint32_t, 4> ids{};
  std::size_t at = 0;
  read_numbers(text, [&](long long number) {
    if (at < ids.size()) ids[at++] = static_cast<std::uint32_t>(number);
  });
  return ids;
}

}  // namespace

Result<ProcessFacts> facts_of_process(const Inventory& inventory, Pid pid) {
  const Process* process = inventory.find_process(pid.value);
  if (process == nullptr) {
    return fail(ErrorKind::Denied,
                format("the namespaces of process {} may not be read, or it has ended", pid.value),
                "ptrace(2)'s rule decides: be its user, or have CAP_SYS_PTRACE over it");
  }
  ProcessFacts facts{.pid = pid};
  facts.status = TRY(kernel::read_file(HostPath(format("/proc/{}/status", pid.value))));
  facts.uid = four(status_line(facts.status, "Uid"));
  facts.gid = four(status_line(facts.status, "Gid"));
  facts.capabilities = TRY(kernel::parse_capability_status(facts.status));
  read_numbers(status_line(facts.status, "NSpid"),
               [&](long long number) { facts.levels.push_back(static_cast<pid_t>(number)); });
  facts.uid_map = parse_id_map(file_of(pid, "uid_map"));
  facts.gid_map = parse_id_map(file_of(pid, "gid_map"));
  facts.in = process->in;
  struct stat found{};
  facts.dumpable =
      stat(format("/proc/{}", pid.value).c_str(), &found) != 0 || found.st_uid == facts.uid[1];
  return facts;
}

void read_walls(ProcessFacts& facts) {
  facts.mountinfo = file_of(facts.pid, "mountinfo");
  facts.label = trim(file_of(facts.pid, "attr/current"));
}

Index judge_of(const Inventory& inventory, Index space) {
  if (space == kNone) return kNone;
  const Namespace& one = inventory.namespaces[space];
  return one.name.kind == NamespaceKind::User ? space : one.owner;
}

bool is_ancestor(const Inventory& inventory, Index ancestor, Index space) {
  for (; space != kNone; space = inventory.namespaces[space].parent) {
    if (space == ancestor) return true;
  }
  return false;
}

Power power_over(const Inventory& inventory, const ProcessFacts& process, Index target) {
  const Index own = process.space(NamespaceKind::User);
  if (target == kNone || own == kNone) {
    return {.set = CapabilitySet(), .rule = "the user namespace that decides is not ours to see"};
  }
  for (Index at = target; at != kNone; at = inventory.namespaces[at].parent) {
    const Namespace& space = inventory.namespaces[at];
    if (at == own) {
      return {.set = process.capabilities.effective,
              .rule = at == target ? format("its effective capabilities, in {}", space.name.str())
                                   : format("its effective capabilities in {}, which is above {}",
                                            space.name.str(),
                                            inventory.namespaces[target].name.str())};
    }
    if (space.parent == own && space.owner_uid && *space.owner_uid == process.uid[1]) {
      return {.set = CapabilitySet::up_to(kernel::kLastKnownCapability),
              .rule = format("it made {}: its owner has every capability there", space.name.str())};
    }
  }
  return {.set = CapabilitySet(),
          .rule = format("its user namespace, {}, is not above {}",
                         inventory.namespaces[own].name.str(),
                         inventory.namespaces[target].name.str())};
}

std::vector<Level> pid_levels(const Inventory& inventory, const ProcessFacts& process) {
  std::vector<Level> levels;
  Index space = process.space(NamespaceKind::Pid);
  for (auto pid = process.levels.rbegin(); pid != process.levels.rend(); ++pid) {
    levels.push_back({.space = space, .pid = *pid});
    if (space != kNone) space = inventory.namespaces[space].parent;
  }
  std::ranges::reverse(levels);
  return levels;
}

Result<Pid> find_by_inner_pid(const Inventory& inventory, Index space, pid_t inner) {
  for (const Process& process : inventory.processes) {
    const Index own = process.in[static_cast<std::size_t>(NamespaceKind::Pid)];
    if (own == kNone || !is_ancestor(inventory, space, own)) continue;
    const auto facts = facts_of_process(inventory, {process.pid});
    if (!facts) continue;
    for (const Level& level : pid_levels(inventory, *facts)) {
      if (level.space == space && level.pid == inner) return Pid{process.pid};
    }
  }
  return fail(
      ErrorKind::NotFound,
      format("no process has the number {} in {}", inner, inventory.namespaces[space].name.str()));
}

}  // namespace isle::toolbox
