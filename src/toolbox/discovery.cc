#include "toolbox/discovery.h"

#include <optional>

#include <fcntl.h>
#include <sys/stat.h>

namespace isle::toolbox {

using kernel::NamespaceKind;
using kernel::UniqueFd;

Index Discovery::entry(const kernel::NamespaceName& name) {
  const auto [found, is_new] =
      inventory_.by_name.try_emplace(name, static_cast<Index>(inventory_.namespaces.size()));
  if (is_new) {
    Namespace& made = inventory_.namespaces.emplace_back();
    made.name = name;
    made.unopened = true;
    // PROC_*_INIT_INO of <linux/proc_ns.h>; net and mnt have one since 6.18.
    made.initial = name.inode >= 0xEFFFFFF8 && name.inode <= 0xEFFFFFFF;
  }
  return found->second;
}

Index Discovery::learn(UniqueFd fd) {
  const auto facts = kernel::look_at_namespace(fd.get());
  if (!facts) return kNone;
  const Index index = entry(facts->name);
  Namespace& space = inventory_.namespaces[index];
  if (!space.unopened) return index;
  space.unopened = false;
  space.id = facts->id;
  space.owner_uid = facts->owner_uid;
  learn_relations(index, fd.get());
  if (facts->name.kind == NamespaceKind::Mnt) pending_.push_back({index, std::move(fd)});
  return index;
}

Index Discovery::learn_relation(kernel::NamespaceRelation relation, bool& beyond) {
  beyond = relation.beyond;
  return relation.fd ? learn(std::move(relation.fd)) : kNone;
}

void Discovery::learn_relations(Index index, int fd) {
  const NamespaceKind kind = inventory_.namespaces[index].name.kind;
  bool beyond = false;
  if (kind == NamespaceKind::User || kind == NamespaceKind::Pid) {
    const Index parent = learn_relation(kernel::parent_of(fd), beyond);
    inventory_.namespaces[index].parent = parent;
    inventory_.namespaces[index].parent_beyond = beyond;
  }
  const Index owner = learn_relation(kernel::owner_of(fd), beyond);
  inventory_.namespaces[index].owner = owner;
  inventory_.namespaces[index].owner_beyond = beyond;
}

void Discovery::hold(Index index, Holder holder) {
  if (index != kNone) inventory_.namespaces[index].holders.push_back(std::move(holder));
}

void Discovery::finish() {
  auto& all = inventory_.namespaces;
  for (Index i = 0; i < all.size(); ++i) {
    // The initial ones have no parent to see, which the kernel tells as "beyond".
    if (all[i].initial) all[i].owner_beyond = all[i].parent_beyond = false;
    if (all[i].parent != kNone) hold(all[i].parent, {.hold = Hold::Child, .other = i});
    const bool as_parent = all[i].name.kind == NamespaceKind::User;
    if (all[i].owner != kNone && !as_parent) {
      hold(all[i].owner, {.hold = Hold::Owned, .other = i});
    }
  }
}

Result<Inventory> Discovery::run() {
  proc_ = TRY_STEP(kernel::open_file(HostPath("/proc"), O_RDONLY | O_DIRECTORY), "find namespaces");
  TRY_STEP(scan_processes(), "find namespaces");
  if (options_.mounts) {
    scan_mounts();
    scan_pending();
  }
  list_by_kernel();
  if (options_.mounts) explain_dead_procs();
  if (options_.deep) search_all();
  if (options_.mounts) scan_pending();
  finish();
  return std::move(inventory_);
}

Result<Inventory> discover(const DiscoverOptions& options) { return Discovery(options).run(); }

}  // namespace isle::toolbox
