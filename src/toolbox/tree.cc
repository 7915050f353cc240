// Namespaces as a tree: of owners (ioctl NS_GET_USERNS), or of parents (NS_GET_PARENT).
#include <algorithm>

#include "base/strings.h"
#include "toolbox/words.h"

namespace isle::toolbox {

using kernel::NamespaceKind;

namespace {

struct Tree {
  const Inventory& inventory;
  const ContainerNames& names;
  std::vector<std::vector<Index>> below;
  std::string text;

  std::string line(Index index) const {
    const Namespace& space = inventory.namespaces[index];
    std::string words = space.name.str();
    if (space.initial) words += " initial";
    if (const ContainerName* container = container_of(inventory, names, space)) {
      words += format(" {}", container->name);
    }
    if (space.processes != 0) {
      words += format(
          "  {} process{}, {}", space.processes, space.processes == 1 ? "" : "es", space.first_pid);
      std::string command = command_of(space.first_pid);
      if (command.size() > 40) command = command.substr(0, 37) + "...";
      words += " " + command;
    } else {
      words += "  no process";
    }
    if (space.owner_beyond) words += "  (its owner is not yours to see)";
    return words;
  }

  void show(Index index, const std::string& indent, const char* mark, const std::string& next) {
    text += indent + mark + line(index) + "\n";
    const auto& children = below[index];
    for (std::size_t i = 0; i < children.size(); ++i) {
      const bool last = i + 1 == children.size();
      show(children[i], next, last ? "└─ " : "├─ ", next + (last ? "   " : "│  "));
    }
  }
};

Index above(const Namespace& space, TreeBy by) {
  if (by == TreeBy::Owner && space.name.kind != NamespaceKind::User) return space.owner;
  return space.parent;
}

bool is_wanted(const Namespace& space, TreeBy by, std::optional<NamespaceKind> only) {
  switch (by) {
    case TreeBy::Pid: return space.name.kind == NamespaceKind::Pid;
    case TreeBy::User: return space.name.kind == NamespaceKind::User;
    case TreeBy::Owner:
      return !only || space.name.kind == *only || space.name.kind == NamespaceKind::User;
  }
  return true;
}

}  // namespace

std::string tree_text(const Inventory& inventory,
                      const ContainerNames& names,
                      TreeBy by,
                      std::optional<NamespaceKind> only) {
  Tree tree{.inventory = inventory, .names = names, .below = {}, .text = {}};
  const auto& all = inventory.namespaces;
  tree.below.resize(all.size());
  std::vector<Index> order(all.size());
  for (Index i = 0; i < all.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](Index i) { return all[i].name; });
  std::vector<Index> roots;
  for (const Index i : order) {
    if (!is_wanted(all[i], by, only)) continue;
    const Index up = above(all[i], by);
    if (up == kNone || up == i) {
      roots.push_back(i);
    } else {
      tree.below[up].push_back(i);
    }
  }
  for (const Index root : roots) tree.show(root, "", "", "");
  return tree.text;
}

}  // namespace isle::toolbox
