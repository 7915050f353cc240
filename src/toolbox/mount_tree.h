#pragma once
// The mounts of a process as a tree, with how they propagate: mount_namespaces(7). A peer group is
// all mounts that tell each other of what is mounted below them, wherever they are; a slave hears
// of its master, which does not hear of it.

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "kernel/mountinfo.h"
#include "toolbox/inventory.h"

namespace isle::toolbox {

struct TreeMount {
  kernel::MountLine line;
  unsigned depth = 0;
  bool hidden = false;                // another is mounted over its root
  std::vector<std::size_t> children;  // indices
};

struct MountTree {
  std::vector<TreeMount> mounts;  // in the order of the tree
  std::vector<std::size_t> roots;
  // By peer group: where else it has members, "mnt:[4026531841] of process 12: /".
  std::map<int, std::vector<std::string>> elsewhere;
};

MountTree mount_tree(std::string_view mountinfo);
// Looks for members of its peer groups in the other mount namespaces.
void find_peers(MountTree& tree, const Inventory& inventory, Index own);

// "shared 5, slave of 3", "private", "unbindable".
std::string propagation_words(const kernel::MountLine& mount);
std::string mount_text(const MountTree& tree);
json::Value mount_json(const MountTree& tree);
// Graphviz' language; and a picture of the same, made here.
std::string mount_dot(const MountTree& tree);
std::string mount_svg(const MountTree& tree);

// Text in XML, and in HTML.
std::string escape_xml(std::string_view text);

}  // namespace isle::toolbox
