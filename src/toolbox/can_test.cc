#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>

#include "toolbox/process_facts.h"

namespace isle::toolbox {
namespace {

using kernel::CapabilitySet;
using kernel::NamespaceKind;
using testing::HasSubstr;

// A host, and a container with a user and a PID namespace of its own, made by user 1000.
struct Machine {
  Inventory inventory;
  std::array<Index, kernel::kNamespaceKinds> outer{}, inner{};

  Index add(NamespaceKind kind, Index owner, Index parent) {
    const auto index = static_cast<Index>(inventory.namespaces.size());
    Namespace& space = inventory.namespaces.emplace_back();
    space.name = {.kind = kind, .inode = 1000 + index};
    space.owner = owner;
    space.parent = parent;
    return index;
  }
  Machine() {
    const Index host = add(NamespaceKind::User, kNone, kNone);
    const Index below = add(NamespaceKind::User, host, host);
    inventory.namespaces[below].owner_uid = 1000;
    for (const auto& facts : kernel::namespace_kinds()) {
      const auto kind = static_cast<std::size_t>(facts.kind);
      const bool is_user = facts.kind == NamespaceKind::User;
      outer[kind] = is_user ? host : add(facts.kind, host, kNone);
      inner[kind] =
          is_user ? below
                  : add(facts.kind, below, facts.kind == NamespaceKind::Pid ? outer[kind] : kNone);
    }
  }
  ProcessFacts process(bool inside, std::uint32_t uid, CapabilitySet set) const {
    ProcessFacts facts;
    facts.pid = Pid{inside ? 200 : 100};
    facts.uid.fill(uid);
    facts.gid.fill(uid);
    facts.capabilities.effective = facts.capabilities.permitted = set;
    facts.in = inside ? inner : outer;
    return facts;
  }
  Verdict verdict(const ProcessFacts& a, const ProcessFacts& b, std::string_view what) const {
    const auto all = can(inventory, a, b);
    const auto found = std::ranges::find(all, what, &Verdict::what);
    return found == all.end() ? Verdict{.what = "none", .may = false, .rule = "not asked"} : *found;
  }
};

const CapabilitySet kAll = CapabilitySet::up_to(kernel::kLastKnownCapability);

TEST(Can, TheHostsRootMayAllAContainerIsAskedFor) {
  const Machine machine;
  const auto root = machine.process(false, 0, kAll), box = machine.process(true, 1000, kAll);
  for (const char* what : {"see",
                           "signal",
                           "read /proc/PID/root",
                           "setns uts",
                           "setns mnt",
                           "setns pid",
                           "setns user"}) {
    EXPECT_TRUE(machine.verdict(root, box, what).may) << what;
  }
  EXPECT_FALSE(machine.verdict(root, box, "reach by 127.0.0.1 and abstract sockets").may);
}

// Every capability inside counts for nothing outside.
TEST(Can, AContainersRootMayNothingOutside) {
  const Machine machine;
  const auto root = machine.process(false, 0, kAll), box = machine.process(true, 1000, kAll);
  for (const Verdict& verdict : can(machine.inventory, box, root)) {
    EXPECT_FALSE(verdict.may) << verdict.what;
    EXPECT_FALSE(verdict.rule.empty()) << verdict.what;
  }
  EXPECT_THAT(machine.verdict(box, root, "see").rule, HasSubstr("is not below its PID namespace"));
}

TEST(Can, SignalsGoToOnesOwnUser) {
  const Machine machine;
  const CapabilitySet none;
  const auto one = machine.process(false, 1000, none), same = machine.process(false, 1000, none);
  const auto other = machine.process(false, 1001, none);
  EXPECT_TRUE(machine.verdict(one, same, "signal").may);
  EXPECT_FALSE(machine.verdict(one, other, "signal").may);
  EXPECT_THAT(machine.verdict(one, other, "signal").rule, HasSubstr("CAP_KILL"));
  EXPECT_TRUE(
      machine.verdict(machine.process(false, 7, CapabilitySet::of(CAP_KILL)), other, "signal").may);
}

TEST(Can, ReadingFollowsPtrace) {
  const Machine machine;
  const CapabilitySet none;
  const auto one = machine.process(false, 1000, none);
  auto same = machine.process(false, 1000, none);
  EXPECT_TRUE(machine.verdict(one, same, "read /proc/PID/root").may);
  same.dumpable = false;
  EXPECT_THAT(machine.verdict(one, same, "read /proc/PID/root").rule, HasSubstr("not dumpable"));
  // One who has more powers is not read by one who has fewer.
  const auto stronger = machine.process(false, 1000, CapabilitySet::of(CAP_NET_ADMIN));
  EXPECT_FALSE(machine.verdict(one, stronger, "read /proc/PID/root").may);
  EXPECT_TRUE(machine.verdict(stronger, one, "read /proc/PID/root").may);
}

// Who made a user namespace has all power over it and what it owns, though none at home: but a
// mount namespace asks for some at home, too.
TEST(Can, TheMakerOfAUserNamespace) {
  const Machine machine;
  const auto maker = machine.process(false, 1000, CapabilitySet());
  const auto box = machine.process(true, 1000, kAll);
  EXPECT_TRUE(machine.verdict(maker, box, "setns user").may);
  EXPECT_FALSE(machine.verdict(maker, box, "setns uts").may);
  EXPECT_THAT(machine.verdict(maker, box, "setns uts").rule,
              HasSubstr("unless it joins the user namespace first"));
  const auto stranger = machine.process(false, 1001, CapabilitySet());
  EXPECT_FALSE(machine.verdict(stranger, box, "setns user").may);
}

TEST(Can, MountsGoWherePeerGroupsReach) {
  const Machine machine;
  const char* what = "mount what the other sees";
  auto root = machine.process(false, 0, kAll), box = machine.process(true, 1000, kAll);
  root.mountinfo = "20 1 8:1 / / rw shared:7 - ext4 a rw\n";
  box.mountinfo = "30 1 8:1 / / rw - ext4 a rw\n31 30 8:1 / /data rw master:7 - ext4 a rw\n";
  EXPECT_TRUE(machine.verdict(root, box, what).may);
  EXPECT_THAT(machine.verdict(root, box, what).rule,
              HasSubstr("below / it appears below the other's /data: a slave of peer group 7"));
  // A slave's mounts go nowhere; nor do those of who may not mount.
  EXPECT_FALSE(machine.verdict(box, root, what).may);
  EXPECT_FALSE(machine.verdict(machine.process(false, 5, CapabilitySet()), root, what).may);
  EXPECT_TRUE(machine.verdict(root, root, what).may);
  box.mountinfo = "30 1 8:1 / / rw - ext4 a rw\n";
  EXPECT_THAT(machine.verdict(root, box, what).rule, HasSubstr("no mount of its"));
}

TEST(Can, LabelsAreToldWhereTheyBind) {
  const Machine machine;
  const auto root = machine.process(false, 0, kAll);
  auto box = machine.process(true, 1000, kAll);
  EXPECT_THAT(machine.verdict(root, box, "trace").rule, testing::Not(HasSubstr("module")));
  box.label = "docker-default (enforce)";
  EXPECT_THAT(machine.verdict(root, box, "trace").rule, HasSubstr("docker-default (enforce)"));
}

}  // namespace
}  // namespace isle::toolbox
