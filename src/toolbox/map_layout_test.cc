#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toolbox/map.h"

namespace isle::toolbox {
namespace {

using kernel::NamespaceKind;
using testing::ElementsAre;

constexpr auto kUser = static_cast<std::size_t>(NamespaceKind::User);
constexpr auto kNet = static_cast<std::size_t>(NamespaceKind::Net);

// A host with `count` processes, each with a network namespace of its own, and a user namespace
// with one process below.
struct Host {
  Inventory inventory;
  ContainerNames names;

  Index add(NamespaceKind kind, Index owner, Index parent = kNone) {
    const auto index = static_cast<Index>(inventory.namespaces.size());
    Namespace& space = inventory.namespaces.emplace_back();
    space.name = {.kind = kind, .inode = 1000 + index};
    space.owner = owner;
    space.parent = parent;
    return index;
  }
  void add_process(pid_t pid, Index user, Index net) {
    Process& process = inventory.processes.emplace_back();
    process.pid = pid;
    process.in.fill(kNone);
    process.in[kUser] = user;
    process.in[kNet] = net;
    ++inventory.namespaces[net].processes;
    ++inventory.namespaces[user].processes;
  }
  explicit Host(int count) {
    const Index first = add(NamespaceKind::User, kNone);
    for (int i = 0; i < count; ++i) {
      add_process(100 + i, first, add(NamespaceKind::Net, first));
      names.push_back({.name = "web-" + std::to_string(i), .id = "id", .pid = 100 + i});
    }
    const Index inner = add(NamespaceKind::User, first, first);
    add_process(5000, inner, add(NamespaceKind::Net, inner));
    add(NamespaceKind::Net, first);  // without a process
  }
};

std::vector<std::string> names_of(const MapArea& area) {
  std::vector<std::string> names;
  for (const MapBox& box : area.boxes) {
    names.push_back(box.container != nullptr ? box.container->name : box.empty() ? "none" : "some");
  }
  return names;
}

bool apart(const MapBox& a, const MapBox& b) {
  constexpr double kWidth = 176, kHeight = 66;
  return a.x + kWidth <= b.x || b.x + kWidth <= a.x || a.y + kHeight <= b.y || b.y + kHeight <= a.y;
}

TEST(MapLayout, UserNamespacesAreNestedAndNamesAreInOrder) {
  const Host host(12);
  const auto areas = lay_out_map(host.inventory, host.names, 1440);
  ASSERT_EQ(areas.size(), 1U);
  EXPECT_THAT(names_of(areas[0]),
              ElementsAre("web-0",
                          "web-1",
                          "web-2",
                          "web-3",
                          "web-4",
                          "web-5",
                          "web-6",
                          "web-7",
                          "web-8",
                          "web-9",
                          "web-10",
                          "web-11",
                          "none"));
  ASSERT_EQ(areas[0].inner.size(), 1U);
  EXPECT_THAT(names_of(areas[0].inner[0]), ElementsAre("some"));
}

TEST(MapLayout, NothingOverlapsAndAllIsInside) {
  for (const int count : {0, 1, 7, 8, 200}) {
    const Host host(count);
    const auto areas = lay_out_map(host.inventory, host.names, 1440);
    ASSERT_EQ(areas.size(), 1U);
    const MapArea& area = areas[0];
    EXPECT_LE(area.width, 1440) << count;
    for (std::size_t i = 0; i < area.boxes.size(); ++i) {
      const MapBox& box = area.boxes[i];
      EXPECT_LE(box.x + 176, area.x + area.width) << count;
      EXPECT_LE(box.y + 66, area.inner[0].y) << count;
      EXPECT_TRUE(std::all_of(area.boxes.begin(),
                              area.boxes.begin() + static_cast<std::ptrdiff_t>(i),
                              [&](const MapBox& other) { return apart(box, other); }));
    }
    const MapArea& inner = area.inner[0];
    EXPECT_LE(inner.x + inner.width, area.x + area.width);
    EXPECT_LE(inner.y + inner.height, area.y + area.height);
    EXPECT_GE(inner.width, 220);  // its title
  }
}

TEST(MapLayout, OwnersBeyondOursHaveAnAreaOfTheirOwn) {
  Host host(1);
  host.add(NamespaceKind::Net, kNone);
  const auto areas = lay_out_map(host.inventory, host.names, 1440);
  ASSERT_EQ(areas.size(), 2U);
  EXPECT_EQ(areas[1].user_namespace, kNone);
  EXPECT_GE(areas[1].y, areas[0].y + areas[0].height);
}

}  // namespace
}  // namespace isle::toolbox
