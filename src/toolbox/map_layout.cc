#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <tuple>

#include "toolbox/map.h"

namespace isle::toolbox {

using kernel::NamespaceKind;

namespace {

constexpr double kBoxWidth = 176, kBoxHeight = 66, kGap = 10, kTitle = 24;
// What an area's title needs: "user:[4026532325] made by root".
constexpr double kTitleWidth = 230;

using Tuple = std::array<Index, kernel::kNamespaceKinds>;

// "web-2" goes before "web-10": runs of digits count as numbers.
bool is_before(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) {
    return std::min(text.find_first_not_of("0123456789"), text.size());
  };
  while (!a.empty() && !b.empty()) {
    const std::size_t of_a = digits(a), of_b = digits(b);
    if (of_a != 0 && of_b != 0) {
      if (of_a != of_b) return of_a < of_b;
      if (const int order = a.substr(0, of_a).compare(b.substr(0, of_b)); order != 0)
        return order < 0;
      a.remove_prefix(of_a);
      b.remove_prefix(of_b);
      continue;
    }
    if (a[0] != b[0]) return a[0] < b[0];
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

// The host's first, then containers by name, then others, those without a process last.
bool goes_before(const MapBox& a, const MapBox& b) {
  const auto rank = [](const MapBox& box) {
    return std::tuple(
        box.empty(), box.container == nullptr && box.pids.size() < 20, box.container != nullptr);
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  return a.container != nullptr && b.container != nullptr &&
         is_before(a.container->name, b.container->name);
}

// Boxes by the user namespace their processes are in.
std::map<Index, std::vector<MapBox>> make_boxes(const Inventory& inventory,
                                                const ContainerNames& names) {
  constexpr auto kUser = static_cast<std::size_t>(NamespaceKind::User);
  std::map<Tuple, MapBox> by_tuple;
  for (const Process& process : inventory.processes) {
    MapBox& box = by_tuple[process.in];
    box.in = process.in;
    box.pids.push_back(process.pid);
  }
  std::map<pid_t, const ContainerName*> containers;
  for (const ContainerName& name : names) containers[name.pid] = &name;
  std::map<Index, std::vector<MapBox>> boxes;
  for (auto& [tuple, box] : by_tuple) {
    for (const pid_t pid : box.pids) {
      if (const auto found = containers.find(pid); found != containers.end())
        box.container = found->second;
    }
    boxes[tuple[kUser]].push_back(std::move(box));
  }
  for (Index i = 0; i < inventory.namespaces.size(); ++i) {
    const Namespace& space = inventory.namespaces[i];
    if (space.processes != 0 || space.name.kind == NamespaceKind::User) continue;
    MapBox box;
    box.in.fill(kNone);
    box.in[static_cast<std::size_t>(space.name.kind)] = i;
    boxes[space.owner].push_back(std::move(box));
  }
  for (auto& [area, list] : boxes) std::ranges::stable_sort(list, goes_before);
  return boxes;
}

MapArea make_area(const Inventory& inventory,
                  Index index,
                  std::map<Index, std::vector<MapBox>>& boxes,
                  const std::map<Index, std::vector<Index>>& below) {
  MapArea area{.user_namespace = index};
  area.boxes = std::move(boxes[index]);
  if (const auto inner = below.find(index); inner != below.end()) {
    for (const Index one : inner->second)
      area.inner.push_back(make_area(inventory, one, boxes, below));
  }
  return area;
}

// Boxes in rows, then the inner areas on shelves below; positions are within the area.
void place(MapArea& area, double width) {
  const double inside = width - 2 * kGap;
  const auto most =
      static_cast<std::size_t>(std::max(1.0, std::floor((inside + kGap) / (kBoxWidth + kGap))));
  const std::size_t columns = std::clamp<std::size_t>(area.boxes.size(), 1, most);
  for (std::size_t i = 0; i < area.boxes.size(); ++i) {
    const std::size_t row = i / columns, column = i % columns;
    area.boxes[i].x = kGap + static_cast<double>(column) * (kBoxWidth + kGap);
    area.boxes[i].y = kTitle + static_cast<double>(row) * (kBoxHeight + kGap);
  }
  const auto rows = (area.boxes.size() + columns - 1) / columns;
  double x = kGap, y = kTitle + static_cast<double>(rows) * (kBoxHeight + kGap), shelf = 0;
  double right =
      std::max(kTitleWidth,
               area.boxes.empty() ? 0 : kGap + static_cast<double>(columns) * (kBoxWidth + kGap));
  for (MapArea& inner : area.inner) {
    place(inner, inside);
    if (x > kGap && x + inner.width > width) {
      x = kGap;
      y += shelf + kGap;
      shelf = 0;
    }
    inner.x = x;
    inner.y = y;
    x += inner.width + kGap;
    right = std::max(right, x);
    shelf = std::max(shelf, inner.height);
  }
  area.width = right;
  area.height = y + (area.inner.empty() ? 0 : shelf + kGap);
}

void shift(MapArea& area, double x, double y) {
  area.x += x;
  area.y += y;
  for (MapBox& box : area.boxes) {
    box.x += area.x;
    box.y += area.y;
  }
  for (MapArea& inner : area.inner) shift(inner, area.x, area.y);
}

}  // namespace

std::vector<MapArea> lay_out_map(const Inventory& inventory,
                                 const ContainerNames& names,
                                 double width) {
  auto boxes = make_boxes(inventory, names);
  std::map<Index, std::vector<Index>> below;
  std::vector<Index> roots;
  for (Index i = 0; i < inventory.namespaces.size(); ++i) {
    if (inventory.namespaces[i].name.kind != NamespaceKind::User) continue;
    const Index parent = inventory.namespaces[i].parent;
    if (parent == kNone)
      roots.push_back(i);
    else
      below[parent].push_back(i);
  }
  if (boxes.contains(kNone)) roots.push_back(kNone);  // whose owner is beyond
  std::vector<MapArea> areas;
  double y = 0;
  for (const Index root : roots) {
    MapArea& area = areas.emplace_back(make_area(inventory, root, boxes, below));
    place(area, width);
    shift(area, 0, y);
    y += area.height + kGap;
  }
  return areas;
}

}  // namespace isle::toolbox
