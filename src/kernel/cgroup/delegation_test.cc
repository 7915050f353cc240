#include "kernel/cgroup/delegation.h"

#include <gtest/gtest.h>

#include <set>

#include "kernel/cgroup/group.h"

namespace isle::kernel::cgroup {
namespace {

std::optional<std::string> topmost(std::string_view own, const std::set<std::string>& ours) {
  return topmost_delegated(own, [&](const std::string& path) { return ours.contains(path); });
}

TEST(Delegation, TheTopmostOwnedAncestorIsTaken) {
  const std::string service = "/user.slice/user-7.slice/user@7.service";
  const std::string own = service + "/app.slice/run-1.scope";
  EXPECT_EQ(topmost(own, {service, service + "/app.slice", own}), service);
  EXPECT_EQ(topmost(own, {own}), own);
}

TEST(Delegation, WithoutAnOwnedGroupThereIsNone) {
  EXPECT_EQ(topmost("/user.slice/user-7.slice/session-1.scope", {}), std::nullopt);
  EXPECT_EQ(topmost("/", {}), std::nullopt);
  // A group of the user's elsewhere cannot be reached from here.
  EXPECT_EQ(topmost("/user.slice/session-1.scope", {"/user.slice/mine"}), std::nullopt);
}

TEST(Delegation, TheRootOfANamespaceMayBeOurs) {
  EXPECT_EQ(topmost("/", {"/"}), "/");
  EXPECT_EQ(topmost("/a/b", {"/", "/a"}), "/");
}

TEST(Delegation, AGroupOutsideTheNamespaceIsOutOfReach) {
  EXPECT_EQ(topmost("/../other", {"/", "/..", "/../other"}), std::nullopt);
}

TEST(Delegation, OnlyTheDelegatedPartOfTheLayoutStays) {
  // Nothing of this is mounted, so nothing of it is anybody's.
  const Layout layout = parse_layout(
      "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
      "29 22 0:26 / /nowhere/cgroup rw - cgroup2 cgroup2 rw\n",
      "0::/user.slice\n",
      "cpu memory\n");
  EXPECT_TRUE(delegated_layout(layout, 7).hierarchies.empty());
  const Layout below = layout_below(layout, "/user.slice");
  ASSERT_EQ(below.hierarchies.size(), 1U);
  EXPECT_EQ(below.hierarchies[0].base, "/user.slice");
}

TEST(Delegation, APathFromTheBaseLiesBelowIt) {
  Layout layout = parse_layout(
      "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
      "29 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
      "0::/mine/leaf\n",
      "memory\n");
  layout.hierarchies[0].base = "/mine";
  const auto at = [&](Group::From from) {
    return MUST(Group::at(layout, "isle/box", {Controller::Memory}, from)).directories();
  };
  EXPECT_EQ(at(Group::From::Base), std::vector<std::string>{"/sys/fs/cgroup/mine/isle/box"});
  EXPECT_EQ(at(Group::From::Root), std::vector<std::string>{"/sys/fs/cgroup/isle/box"});
}

}  // namespace
}  // namespace isle::kernel::cgroup
