#include "kernel/capability.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <unistd.h>

namespace isle::kernel {
namespace {

TEST(Capability, NamesAndNumbersGoBothWays) {
  for (int number = 0; number <= kLastKnownCapability; ++number) {
    const std::string name = capability_name(number);
    EXPECT_EQ(parse_capability(name).value(), CapabilitySet::of(number)) << name;
  }
  EXPECT_EQ(capability_name(CAP_NET_BIND_SERVICE), "CAP_NET_BIND_SERVICE");
  EXPECT_EQ(capability_name(41), "CAP_41");
}

TEST(Capability, ShortNamesAndAnyCase) {
  EXPECT_EQ(parse_capability("chown").value(), CapabilitySet::of(CAP_CHOWN));
  EXPECT_EQ(parse_capability("Cap_Sys_Admin").value(), CapabilitySet::of(CAP_SYS_ADMIN));
  EXPECT_EQ(parse_capability("all").value().mask(), 0x1ffffffffffULL);
}

TEST(Capability, UnknownNameIsRefusedWithItsText) {
  const auto result = parse_capability("CAP_FLY");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::InvalidArgument);
  EXPECT_EQ(result.error().message, "unknown capability \"CAP_FLY\"");
  EXPECT_FALSE(parse_capability(""));
  EXPECT_FALSE(parse_capability("CAP_"));
}

TEST(Capability, SetArithmetic) {
  const auto set = parse_capabilities({"chown", "CAP_KILL", "BPF"}).value();
  EXPECT_EQ(capability_names(set), (std::vector<std::string>{"CAP_CHOWN", "CAP_KILL", "CAP_BPF"}));
  EXPECT_EQ(set - CapabilitySet::of(CAP_BPF), CapabilitySet(0x21));
  EXPECT_TRUE(set.contains(CAP_KILL));
  EXPECT_TRUE(set.contains(CapabilitySet(0x21)));
  EXPECT_FALSE(CapabilitySet(0x21).contains(set));
  EXPECT_EQ(CapabilitySet::up_to(63).mask(), ~0ULL);
}

TEST(Capability, StatusOfAProcess) {
  const auto state = parse_capability_status(
      "Name:\tsh\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\n"
      "CapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000400\n");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->permitted.mask(), 0xa80425fbU);
  EXPECT_EQ(state->bounding, CapabilitySet::up_to(40));
  EXPECT_EQ(capability_names(state->ambient), (std::vector<std::string>{"CAP_NET_BIND_SERVICE"}));
  EXPECT_TRUE(state->inheritable.empty());
  EXPECT_EQ(parse_capability_status("Name:\tsh\n").error().kind, ErrorKind::Corrupt);
}

TEST(Capability, ThisProcessAndKernel) {
  const auto last = last_capability();
  ASSERT_TRUE(last);
  EXPECT_GE(*last, 37);
  const auto state = capabilities_of(Pid{getpid()});
  ASSERT_TRUE(state);
  EXPECT_TRUE(CapabilitySet::up_to(*last).contains(state->bounding));
}

}  // namespace
}  // namespace isle::kernel
