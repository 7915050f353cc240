#include "network/parent.h"

#include <gtest/gtest.h>

namespace isle::network {

TEST(Parent, ANameOfAVlanIsADeviceAndANumber) {
  const auto vlan = vlan_name("eth0.10");
  ASSERT_TRUE(vlan);
  EXPECT_EQ(vlan->parent, "eth0");
  EXPECT_EQ(vlan->id, 10);
  // A VLAN of a VLAN (802.1ad calls the outer one the service's).
  ASSERT_TRUE(vlan_name("eth0.10.20"));
  EXPECT_EQ(vlan_name("eth0.10.20")->parent, "eth0.10");
  for (const char* name : {"eth0", ".10", "eth0.", "eth0.0", "eth0.4095", "eth0.x", "eth0.-1"}) {
    EXPECT_FALSE(vlan_name(name)) << name;
  }
}

}  // namespace isle::network
