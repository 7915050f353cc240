#include "toolbox/mount_tree.h"

#include <set>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::toolbox {

namespace {

void walk(std::vector<TreeMount>& from, std::size_t at, unsigned depth, MountTree& tree) {
  const std::size_t place = tree.mounts.size();
  tree.mounts.push_back(from[at]);
  tree.mounts[place].depth = depth;
  tree.mounts[place].children.clear();
  for (const std::size_t child : from[at].children) {
    tree.mounts[place].children.push_back(tree.mounts.size());
    walk(from, child, depth + 1, tree);
  }
}

std::string label(const TreeMount& mount) {
  return format("{} ({}{})",
                mount.line.point,
                mount.line.type,
                mount.line.root == "/" ? "" : format(", its {}", mount.line.root));
}

}  // namespace

MountTree mount_tree(std::string_view mountinfo) {
  std::vector<TreeMount> flat;
  std::map<int, std::size_t> by_id;
  for (kernel::MountLine& line : kernel::parse_mounts(mountinfo)) {
    by_id.try_emplace(line.id, flat.size());
    flat.push_back({.line = std::move(line), .depth = 0, .hidden = false, .children = {}});
  }
  std::vector<std::size_t> roots;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const auto parent = by_id.find(flat[i].line.parent);
    // Parents have been mounted before their children: what says otherwise would be a circle.
    const bool rooted = parent != by_id.end() && parent->second < i;
    if (!rooted) {
      roots.push_back(i);
      continue;
    }
    flat[parent->second].children.push_back(i);
    if (flat[parent->second].line.point == flat[i].line.point) flat[parent->second].hidden = true;
  }
  MountTree tree;
  tree.mounts.reserve(flat.size());
  for (const std::size_t root : roots) {
    tree.roots.push_back(tree.mounts.size());
    walk(flat, root, 0, tree);
  }
  return tree;
}

namespace {

std::set<int> groups_of(const MountTree& tree) {
  std::set<int> groups;
  for (const TreeMount& mount : tree.mounts) {
    for (const int group : {mount.line.shared, mount.line.master}) {
      if (group != 0) groups.insert(group);
    }
  }
  return groups;
}

void note_peer(MountTree& tree,
               const std::set<int>& groups,
               const Namespace& space,
               const kernel::MountLine& line) {
  for (const bool as_peer : {true, false}) {
    const int group = as_peer ? line.shared : line.master;
    if (!groups.contains(group)) continue;
    tree.elsewhere[group].push_back(format("{}{} of process {}: {}",
                                           as_peer ? "" : "slave in ",
                                           space.name.str(),
                                           space.first_pid,
                                           line.point));
  }
}

}  // namespace

void find_peers(MountTree& tree, const Inventory& inventory, Index own) {
  const std::set<int> groups = groups_of(tree);
  for (Index i = 0; i < inventory.namespaces.size() && !groups.empty(); ++i) {
    const Namespace& space = inventory.namespaces[i];
    if (space.name.kind != kernel::NamespaceKind::Mnt || i == own || space.first_pid == 0) continue;
    const auto text = kernel::read_file(HostPath(format("/proc/{}/mountinfo", space.first_pid)));
    if (!text) continue;
    for (const kernel::MountLine& line : kernel::parse_mounts(*text)) {
      note_peer(tree, groups, space, line);
    }
  }
}

std::string propagation_words(const kernel::MountLine& mount) {
  if (mount.unbindable) return "unbindable";
  std::string words;
  if (mount.shared != 0) words = format("shared {}", mount.shared);
  if (mount.master != 0) {
    words += format("{}slave of {}", words.empty() ? "" : ", ", mount.master);
  }
  if (mount.propagate_from != 0) words += format(" (hears of {})", mount.propagate_from);
  return words.empty() ? "private" : words;
}

std::string mount_text(const MountTree& tree) {
  std::string text;
  for (const TreeMount& mount : tree.mounts) {
    text += format("{:>{}}{}  {}{}  {}\n",
                   "",
                   mount.depth * 2,
                   label(mount),
                   propagation_words(mount.line),
                   mount.hidden ? ", covered by another mount" : "",
                   mount.line.options);
  }
  for (const auto& [group, places] : tree.elsewhere) {
    text += format("peer group {}:\n", group);
    for (const std::string& place : places) text += format("  {}\n", place);
  }
  return text;
}

json::Value mount_json(const MountTree& tree) {
  json::Value all(json::Array{});
  for (const TreeMount& mount : tree.mounts) {
    json::Value one;
    one["Id"] = mount.line.id;
    one["Parent"] = mount.line.parent;
    one["Target"] = mount.line.point;
    one["Root"] = mount.line.root;
    one["Type"] = mount.line.type;
    one["Source"] = mount.line.source;
    one["Options"] = mount.line.options;
    one["Depth"] = mount.depth;
    one["PeerGroup"] = mount.line.shared;
    one["Master"] = mount.line.master;
    one["Unbindable"] = mount.line.unbindable;
    one["Propagation"] = propagation_words(mount.line);
    one["Covered"] = mount.hidden;
    const auto peers = tree.elsewhere.find(mount.line.shared);
    one["Peers"] =
        peers == tree.elsewhere.end() ? json::Value(json::Array{}) : json::Value(peers->second);
    all.push_back(std::move(one));
  }
  return all;
}

namespace {
std::string escape_dot(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '"' || c == '\\') plain.push_back('\\');
    plain.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
  }
  return plain;
}

// A colour for a peer group: neighbours in number are far apart in hue.
std::string colour(int group) {
  return group == 0 ? "#999999" : format("hsl({},60%,40%)", group * 137 % 360);
}
}  // namespace

std::string mount_dot(const MountTree& tree) {
  std::string text = "digraph mounts {\n  rankdir=LR;\n  node [shape=box];\n";
  for (std::size_t i = 0; i < tree.mounts.size(); ++i) {
    const TreeMount& mount = tree.mounts[i];
    text += format("  m{} [label=\"{}\\n{}\"{}];\n",
                   i,
                   escape_dot(label(mount)),
                   propagation_words(mount.line),
                   mount.hidden ? ", style=dashed" : "");
    for (const std::size_t child : mount.children) text += format("  m{} -> m{};\n", i, child);
    if (mount.line.shared != 0) {
      text += format(
          "  g{0} [label=\"peer group {0}\", shape=ellipse];\n  m{1} -> g{0} [dir=none, "
          "style=dotted];\n",
          mount.line.shared,
          i);
    }
    if (mount.line.master != 0) {
      text += format(
          "  g{0} [label=\"peer group {0}\", shape=ellipse];\n  g{0} -> m{1} [style=dashed];\n",
          mount.line.master,
          i);
    }
  }
  return text + "}\n";
}

std::string escape_xml(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': plain += "&amp;"; break;
      case '<': plain += "&lt;"; break;
      case '>': plain += "&gt;"; break;
      case '"': plain += "&quot;"; break;
      case '\'': plain += "&#39;"; break;
      default: plain.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
    }
  }
  return plain;
}

std::string mount_svg(const MountTree& tree) {
  constexpr unsigned kRow = 22, kIndent = 24, kWidth = 1100, kGroups = 760;
  std::string text = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n",
      kWidth,
      (tree.mounts.size() + 1) * kRow);
  std::map<int, std::size_t> first;  // the row where a group was met first
  for (std::size_t i = 0; i < tree.mounts.size(); ++i) {
    const TreeMount& mount = tree.mounts[i];
    const std::size_t x = 10 + mount.depth * std::size_t{kIndent}, y = (i + 1) * std::size_t{kRow};
    for (const std::size_t child : mount.children) {
      text += format("<path d=\"M{0} {1}V{2}H{3}\" fill=\"none\" stroke=\"#bbb\"/>\n",
                     x + 4,
                     y + 4,
                     (child + 1) * std::size_t{kRow} - 4,
                     x + kIndent - 4);
    }
    const int group = mount.line.shared != 0 ? mount.line.shared : mount.line.master;
    text += format("<text class=\"mount\" x=\"{}\" y=\"{}\"{}>{}</text>\n",
                   x,
                   y,
                   mount.hidden ? " opacity=\".5\"" : "",
                   escape_xml(label(mount)));
    text += format("<text class=\"group\" x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n",
                   kGroups,
                   y,
                   colour(group),
                   escape_xml(propagation_words(mount.line)));
    if (mount.line.shared != 0) first.try_emplace(mount.line.shared, i);
    const auto master = first.find(mount.line.master);
    if (mount.line.master != 0 && master != first.end()) {
      text += format(
          "<path class=\"slave\" d=\"M{0} {1}H{2}V{3}H{0}\" fill=\"none\" stroke=\"{4}\" "
          "stroke-dasharray=\"4\"/>\n",
          kGroups - 6,
          (master->second + 1) * std::size_t{kRow} - 4,
          kGroups - 24,
          y - 4,
          colour(mount.line.master));
    }
  }
  return text + "</svg>\n";
}

}  // namespace isle::toolbox
