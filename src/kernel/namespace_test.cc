#include "kernel/namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

namespace isle::kernel {
namespace {

TEST(Namespace, KindsStandInTheOrderOfTheirEnumerators) {
  std::size_t index = 0;
  for (const NamespaceKindFacts& facts : namespace_kinds()) {
    EXPECT_EQ(static_cast<std::size_t>(facts.kind), index++);
    EXPECT_EQ(kind_of_flag(facts.bit), facts.kind);
  }
}

TEST(Namespace, NamesAreReadStrictly) {
  const auto name = parse_namespace_name("net:[4026531840]");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->kind, NamespaceKind::Net);
  EXPECT_EQ(name->inode, 4026531840U);
  EXPECT_EQ(name->str(), "net:[4026531840]");
  for (const char* text : {"net:[]",
                           "net:[12",
                           "net:12]",
                           "disk:[1]",
                           "net:[1x]",
                           "net:[0]",
                           "",
                           "socket:[12]",
                           "net:[99999999999999999999999]"}) {
    EXPECT_FALSE(parse_namespace_name(text)) << text;
  }
}

TEST(Namespace, KindsHaveThreeNames) {
  EXPECT_EQ(parse_namespace_kind("mnt").value(), NamespaceKind::Mnt);
  EXPECT_EQ(parse_namespace_kind("mount").value(), NamespaceKind::Mnt);
  EXPECT_EQ(parse_namespace_kind("CLONE_NEWNS").value(), NamespaceKind::Mnt);
  EXPECT_FALSE(parse_namespace_kind("MNT"));
}

TEST(Namespace, OnesOwnCanBeLookedAt) {
  const auto fd = open_namespace({getpid()}, NamespaceKind::Uts);
  ASSERT_TRUE(fd);
  const auto facts = look_at_namespace(fd->get());
  ASSERT_TRUE(facts);
  char link[64]{};
  ASSERT_GT(readlink("/proc/self/ns/uts", link, sizeof link - 1), 0);
  EXPECT_EQ(facts->name.str(), link);
  EXPECT_FALSE(parent_of(fd->get()).fd);  // only user and PID namespaces have one
}

TEST(Namespace, FlagsInWords) {
  EXPECT_EQ(flag_words(CLONE_NEWNS | CLONE_NEWUTS), "CLONE_NEWNS | CLONE_NEWUTS");
}

}  // namespace
}  // namespace isle::kernel
