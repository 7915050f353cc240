// Namespaces that no walk meets. Newer kernels list them (listns, 6.19). On 6.18 a namespace can be
// opened by a handle that holds its id, kind and inode, and only if all three are right; ids count
// up and inodes are dense, so those made together with a known one are found by trying. That is
// what tells which PID namespace a procfs shows when all its processes have ended.
#include <algorithm>
#include <ctime>
#include <iterator>
#include <map>
#include <set>

#include <fcntl.h>

#include "base/strings.h"
#include "toolbox/discovery.h"

namespace isle::toolbox {

using kernel::NamespaceKind;
using kernel::UniqueFd;

namespace {

constexpr std::uint64_t kFirstInode = 4026531840;  // PROC_DYNAMIC_FIRST, 0xF0000000
// Namespaces made by one call have neighbouring ids, and nearly neighbouring inodes.
constexpr std::uint64_t kNearIds = 24, kNearInodes = 512;

std::int64_t now_ms() {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_MONOTONIC, &now));
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

std::pair<std::uint64_t, std::uint64_t> around(std::uint64_t middle, std::uint64_t distance) {
  return {middle > distance ? middle - distance : 1, middle + distance};
}

}  // namespace

unsigned Discovery::search(NamespaceKind kind,
                           std::pair<std::uint64_t, std::uint64_t> ids,
                           std::pair<std::uint64_t, std::uint64_t> inodes,
                           std::int64_t deadline) {
  const auto nsfs = kernel::open_file(HostPath("/proc/self/ns/uts"), O_RDONLY);
  if (!nsfs) return 0;
  std::set<std::uint64_t> known;
  for (const Namespace& space : inventory_.namespaces) {
    if (space.name.kind == kind && !space.unopened) known.insert(space.name.inode);
  }
  unsigned found = 0;
  for (std::uint64_t id = ids.second; id >= ids.first && id > 0; --id) {
    if (now_ms() > deadline) return found;
    for (std::uint64_t inode = inodes.first; inode <= inodes.second; ++inode) {
      auto fd = kernel::open_namespace_handle(nsfs->get(), id, {.kind = kind, .inode = inode});
      if (!fd && fd.error().kind == ErrorKind::Unsupported) return found;
      if (!fd || !*fd || known.contains(inode)) continue;
      learn(std::move(*fd));
      known.insert(inode);
      ++found;
      break;  // an id is one namespace's
    }
  }
  return found;
}

void Discovery::list_by_kernel() {
  const auto nsfs = kernel::open_file(HostPath("/proc/self/ns/uts"), O_RDONLY);
  if (!nsfs) return;
  std::set<std::uint64_t> known;
  for (const Namespace& space : inventory_.namespaces) {
    if (space.id) known.insert(*space.id);
  }
  for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
    const auto ids = kernel::list_namespaces(facts.kind);
    if (!ids) return;
    for (const std::uint64_t id : *ids) {
      if (known.contains(id)) continue;
      auto fd = kernel::open_namespace_handle(nsfs->get(), id, {.kind = facts.kind, .inode = 0});
      if (fd && *fd) learn(std::move(*fd));
    }
  }
}

// The PID namespace that was made together with the mount namespace that has the procfs: no more is
// known of it, so it is the likely one, which the number alone cannot prove.
bool Discovery::explain_dead_proc(const DeadProc& dead, std::int64_t deadline) {
  const kernel::NamespaceName holder = inventory_.namespaces[dead.mount_namespace].name;
  const auto holder_id = inventory_.namespaces[dead.mount_namespace].id;
  if (!holder_id || inventory_.namespaces[dead.mount_namespace].initial) return false;
  const auto inodes = around(holder.inode, kNearInodes);
  for (std::uint64_t distance = 1; distance <= kNearIds; ++distance) {
    for (const std::uint64_t id :
         {*holder_id + distance, *holder_id - std::min(distance, *holder_id)}) {
      const auto before = static_cast<Index>(inventory_.namespaces.size());
      if (search(NamespaceKind::Pid, {id, id}, inodes, deadline) == 0) continue;
      hold(before, {.hold = Hold::ProcMount, .path = dead.path, .other = dead.mount_namespace});
      return true;
    }
  }
  return false;
}

void Discovery::explain_dead_procs() {
  const std::int64_t deadline = now_ms() + 1000;
  std::vector<DeadProc> unexplained;
  for (const DeadProc& dead : inventory_.dead_procs) {
    if (!explain_dead_proc(dead, deadline)) unexplained.push_back(dead);
  }
  inventory_.dead_procs = std::move(unexplained);
}

// Numbers beside those of known ones, each with the inode of that known one.
std::map<std::uint64_t, std::uint64_t> Discovery::wanted_ids() const {
  std::map<std::uint64_t, std::uint64_t> known;
  for (const Namespace& space : inventory_.namespaces) {
    if (space.id && !space.initial) known[*space.id] = space.name.inode;
  }
  constexpr std::uint64_t kBeside = 8;
  std::map<std::uint64_t, std::uint64_t> wanted;
  for (const auto& [id, inode] : known) {
    for (std::uint64_t near = id - std::min(id - 1, kBeside); near <= id + kBeside; ++near) {
      if (!known.contains(near)) wanted[near] = inode;
    }
  }
  return wanted;
}

// Namespaces that were made one after the other have neighbouring inodes, too, as long as no older
// ones were given back: so first those beside the known one's, then wider, then all.
void Discovery::search_all() {
  const std::int64_t deadline = now_ms() + options_.deep_milliseconds;
  std::uint64_t last = kFirstInode;
  for (const Namespace& space : inventory_.namespaces) {
    if (!space.initial) last = std::max(last, space.name.inode);
  }
  std::map<std::uint64_t, std::uint64_t> wanted = wanted_ids();
  const std::size_t all = wanted.size();
  std::size_t tried = 0;
  for (const std::uint64_t distance : {std::uint64_t{32}, kNearInodes, std::uint64_t{0}}) {
    tried = 0;
    for (auto id = wanted.begin(); id != wanted.end() && now_ms() < deadline; ++tried) {
      const auto inodes =
          distance == 0 ? std::pair(kFirstInode, last + kNearInodes) : around(id->second, distance);
      bool found = false;  // an id is one namespace's, of whatever kind
      for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
        found = found || search(facts.kind, {id->first, id->first}, inodes, deadline) != 0;
      }
      id = found ? wanted.erase(id) : std::next(id);
    }
  }
  inventory_.notes.push_back(format(
      "by handles {} of {} ids near the known ones were tried with every inode, {} were found",
      std::min(tried, all),
      all,
      all - wanted.size()));
}

}  // namespace isle::toolbox
