#include "network/firewall_elements.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace isle::network::firewall {

namespace {

std::vector<std::string> sets_of(const std::vector<Group>& groups) {
  std::vector<std::string> names;
  for (const Group& group : groups) {
    for (const kernel::NftElement& element : group) names.push_back(element.set);
  }
  return names;
}

bool has(const std::vector<Group>& groups, const std::string& set) {
  const std::vector<std::string> sets = sets_of(groups);
  return std::ranges::find(sets, set) != sets.end();
}

record::Attachment bridge() {
  return {.driver = "bridge",
          .host_device = "isle0",
          .bridge_addresses = {"10.87.0.1/24", "fd00:87::1/64"}};
}

}  // namespace

TEST(FirewallElements, ABridgeIsInTheSetsOfWhatItMay) {
  record::Attachment attachment = bridge();
  auto groups = bridge_groups(attachment);
  ASSERT_TRUE(groups);
  for (const char* set : {kBridges, kPairs, kApart, kMasked}) EXPECT_TRUE(has(*groups, set)) << set;
  EXPECT_FALSE(has(*groups, kInternal));
  attachment.internal = attachment.open = true;
  groups = bridge_groups(attachment);
  ASSERT_TRUE(groups);
  EXPECT_TRUE(has(*groups, kInternal));
  EXPECT_FALSE(has(*groups, kApart));
  EXPECT_FALSE(has(*groups, kMasked)) << "nothing of it goes out";
}

TEST(FirewallElements, ASubnetIsItsFirstAddressAndTheFirstBehind) {
  const auto groups = bridge_groups(bridge());
  ASSERT_TRUE(groups);
  const auto found = std::ranges::find_if(
      *groups, [](const Group& group) { return group[0].set == kInside4.name; });
  ASSERT_NE(found, groups->end());
  ASSERT_EQ(found->size(), 2U) << "they come and go together";
  EXPECT_EQ((*found)[0].key, std::string("\x0a\x57\0\0", 4));
  EXPECT_FALSE((*found)[0].end);
  EXPECT_EQ((*found)[1].key, std::string("\x0a\x57\x01\0", 4));
  EXPECT_TRUE((*found)[1].end);
}

TEST(FirewallElements, APortIsKeyedByItsAddressWhereItHasOne) {
  const std::string id(64, 'a');
  const auto any = port_element(id,
                                {.protocol = "tcp",
                                 .host_ip = "0.0.0.0",
                                 .host_port = 8080,
                                 .container_ip = "10.87.0.2",
                                 .container_port = 80});
  ASSERT_TRUE(any);
  EXPECT_STREQ(any->set.c_str(), kMap4.any);
  EXPECT_EQ(any->key, std::string("\x06\0\0\0\x1f\x90\0\0", 8));
  EXPECT_EQ(any->data, std::string("\x0a\x57\0\x02\0\x50\0\0", 8));
  const auto at = port_element(id,
                               {.protocol = "udp",
                                .host_ip = "2001:db8::1",
                                .host_port = 53,
                                .container_ip = "fd00:87::2",
                                .container_port = 53});
  ASSERT_TRUE(at);
  EXPECT_STREQ(at->set.c_str(), kMap6.at);
  EXPECT_EQ(at->key.size(), 24U);
  EXPECT_FALSE(port_element(id, {.protocol = "tcp", .host_ip = "nowhere", .container_ip = ""}));
}

TEST(FirewallElements, OnlyBridgesHaveSome) {
  record::Wiring wiring;
  wiring.attachments = {{.driver = "macvlan", .host_device = "eth0"}};
  const auto groups = groups_of(wiring);
  ASSERT_TRUE(groups);
  EXPECT_TRUE(groups->empty());
}

}  // namespace isle::network::firewall
