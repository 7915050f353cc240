#include "toolbox/mount_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isle::toolbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A root, two mounts below, one of them over the other, and a slave of the root's group.
constexpr const char* kMounts =
    "20 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
    "21 20 0:5 / /a rw - tmpfs one rw\n"
    "22 20 8:1 /b /b rw master:1 - ext4 /dev/sda1 rw\n"
    "23 21 0:6 / /a rw unbindable - tmpfs two rw\n"
    "24 23 0:7 / /a/in\\040side ro shared:7 master:1 propagate_from:2 - proc <x> ro\n";

std::vector<std::string> points(const MountTree& tree) {
  std::vector<std::string> result;
  for (const TreeMount& mount : tree.mounts) {
    result.push_back(std::to_string(mount.depth) + mount.line.point + (mount.hidden ? "!" : ""));
  }
  return result;
}

TEST(MountTree, DepthOrderAndWhatIsCovered) {
  const MountTree tree = mount_tree(kMounts);
  EXPECT_THAT(points(tree), ElementsAre("0/", "1/a!", "2/a", "3/a/in side", "1/b"));
  EXPECT_THAT(tree.roots, ElementsAre(0U));
  EXPECT_THAT(tree.mounts[0].children, ElementsAre(1U, 4U));
}

TEST(MountTree, APartThatNamesItselfOrALaterOneAsParentIsARoot) {
  const MountTree tree = mount_tree(
      "20 20 0:1 / / rw - tmpfs t rw\n"
      "21 22 0:1 / /x rw - tmpfs t rw\n"
      "22 21 0:1 / /y rw - tmpfs t rw\nrubbish\n");
  EXPECT_THAT(points(tree), ElementsAre("0/", "0/x", "1/y"));
  EXPECT_EQ(mount_tree("").mounts.size(), 0U);
}

TEST(MountTree, PropagationInWords) {
  const MountTree tree = mount_tree(kMounts);
  EXPECT_EQ(propagation_words(tree.mounts[0].line), "shared 1");
  EXPECT_EQ(propagation_words(tree.mounts[1].line), "private");
  EXPECT_EQ(propagation_words(tree.mounts[2].line), "unbindable");
  EXPECT_EQ(propagation_words(tree.mounts[3].line), "shared 7, slave of 1 (hears of 2)");
  EXPECT_EQ(propagation_words(tree.mounts[4].line), "slave of 1");
}

TEST(MountTree, PicturesNameEachMountOnce) {
  const MountTree tree = mount_tree(kMounts);
  const std::string dot = mount_dot(tree);
  EXPECT_THAT(dot, HasSubstr("m0 -> m1;"));
  EXPECT_THAT(dot, HasSubstr("g1 -> m4 [style=dashed]"));
  const std::string svg = mount_svg(tree);
  EXPECT_THAT(svg, HasSubstr("/a/in side (proc)"));
  EXPECT_THAT(svg, HasSubstr("class=\"slave\""));
  EXPECT_EQ(escape_xml("<x a='1'>&\""), "&lt;x a=&#39;1&#39;&gt;&amp;&quot;");
  EXPECT_THAT(svg, Not(HasSubstr("<x>")));
}

}  // namespace
}  // namespace isle::toolbox
