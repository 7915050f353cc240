// Mounts of the spec that only the host's side can make: an overlay, whose layers belong to the
// host's users, and a network's file system, which is reached from the host's network namespace and
// not from the container's. The parent makes them detached; init moves them to their place. What an
// ordinary user asks for, init mounts itself.

#include "base/strings.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {
namespace {

bool is_of_network(std::string_view type) {
  return type == "nfs" || type == "nfs4" || type == "cifs" || type == "9p" || type == "ceph";
}

// Where an old kernel may mount it first, in a mount namespace of its own: a directory that is
// there.
std::string place_of(const std::vector<kernel::MountParameter>& parameters) {
  for (const kernel::MountParameter& parameter : parameters) {
    if (parameter.key.starts_with("lowerdir")) {
      return std::string(cut(parameter.value.value_or("/"), ':').before);
    }
  }
  return "/";
}

}  // namespace

// In one parameter, which every kernel takes that lets an ordinary user mount an overlay; a string
// for fsconfig(2) has room for 255 bytes, what is longer needs "lowerdir+" (Linux 6.7).
void join_lower_layers(std::vector<kernel::MountParameter>& parameters) {
  constexpr std::size_t kRoom = 255;
  std::string lowers;
  for (const kernel::MountParameter& parameter : parameters) {
    if (parameter.key != "lowerdir+") continue;
    if (!lowers.empty()) lowers += ':';
    for (const char c : parameter.value.value_or("")) {
      if (c == ':' || c == '\\') lowers += '\\';
      lowers += c;
    }
  }
  if (lowers.empty() || lowers.size() > kRoom) return;
  std::erase_if(parameters, [](const kernel::MountParameter& parameter) {
    return parameter.key == "lowerdir+";
  });
  parameters.insert(parameters.begin(), {.key = "lowerdir", .value = std::move(lowers)});
}

bool is_made_by_parent(const Builder& builder, const oci::Mount& mount) {
  return (mount.type == "overlay" || is_of_network(mount.type)) && builder.facts.privileged();
}

Result<void> add_made_tree(Builder& builder,
                           const oci::Mount& mount,
                           const kernel::MountOptions& options,
                           const std::string& target) {
  const bool is_overlay = mount.type == "overlay";
  op::MakeOverlay make{.tree = {.kind = SlotKind::Tree, .index = builder.trees++},
                       .type = mount.type,
                       .parameters = options.data,
                       .uid_map = mount.uid_mappings,
                       .gid_map = mount.gid_mappings,
                       .directory = place_of(options.data),
                       .beneath = options.subdirectory};
  if (options.id_mapping != kernel::MountIdMap::None && make.uid_map.empty()) {
    make.uid_map = builder.linux_.uid_mappings;
    make.gid_map = builder.linux_.gid_mappings;
  }
  if (!is_overlay) make.parameters.push_back({.key = "source", .value = mount.source});
  for (const kernel::MountParameter& flag : options.superblock) make.parameters.push_back(flag);
  op::BindMount bind{.source = is_overlay ? "overlay" : mount.source,
                     .tree = make.tree,
                     .attrs = attribute_changes(options),
                     .propagation = options.propagation,
                     .target = target};
  builder.early_parent_steps.push_back(
      {.actor = Actor::Parent,
       .operation = std::move(make),
       .what = format("make the {} for {}", mount.type, target),
       .why = is_overlay ? "its layers belong to the host's users"
                         : "its server is reached through the host's network"});
  builder.init(std::move(bind),
               format("mount the {} on {}", mount.type, target),
               is_overlay ? "what is written goes beside what was there" : "the spec asks for it");
  return {};
}

}  // namespace isle::runtime::plan
