#pragma once
// All namespaces as a picture: user namespaces are areas, one in the other as they are nested; in
// them a box for each set of processes that share all their namespaces (a container, mostly), with
// a patch for each kind. Patches of one colour and number are one namespace; a line joins boxes
// that share one which is not the initial one. A namespace without processes has a box of its own.
//
// The page stands alone: SVG, style and a few lines of script in it, nothing from a network.

#include <array>
#include <string>
#include <vector>

#include "toolbox/inventory.h"

namespace isle::toolbox {

struct MapBox {
  std::array<Index, kernel::kNamespaceKinds> in{};  // kNone: not of this box
  std::vector<pid_t> pids;
  const ContainerName* container = nullptr;
  bool empty() const { return pids.empty(); }
  double x = 0, y = 0;
};

struct MapArea {
  Index user_namespace = kNone;
  std::vector<MapBox> boxes;
  std::vector<MapArea> inner;
  double x = 0, y = 0, width = 0, height = 0;
};

// The areas that lie in no other: one, unless owners are beyond our sight. Laid out for a page of
// about `width` pixels.
std::vector<MapArea> lay_out_map(const Inventory& inventory,
                                 const ContainerNames& names,
                                 double width);
// `refresh_seconds` 0: the page does not load itself again.
std::string map_page(const Inventory& inventory,
                     const ContainerNames& names,
                     unsigned refresh_seconds);

}  // namespace isle::toolbox
