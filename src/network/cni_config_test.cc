#include "network/cni_config.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace isle::network::cni {

namespace {

std::string config(std::string_view more) {
  return format(R"({{"cniVersion": "1.0.0", "name": "pods", "type": "isle-cni"{}}})", more);
}

std::string said(std::string_view more) {
  const auto read = read_config(config(more));
  return read ? std::string() : read.error().describe();
}

}  // namespace

TEST(CniConfig, SubnetsRoutesAndPortsAreCompleted) {
  const auto read = read_config(config(
      R"(, "ipam": {"ranges": [[{"subnet": "10.22.0.0/16", "rangeStart": "10.22.1.0"}], [{"subnet": "fd22::/64"}]],
          "routes": [{"dst": "0.0.0.0/0"}, {"dst": "192.0.2.0/24"}]},
        "runtimeConfig": {"portMappings": [{"hostPort": 80, "containerPort": 8080, "protocol": "TCP"}],
          "mac": "02:42:00:00:00:01"}, "args": {"cni": {"ips": ["10.22.1.9"]}})"));
  ASSERT_TRUE(read) << read.error().describe();
  ASSERT_EQ(read->subnets.size(), 2U);
  EXPECT_EQ(read->subnets[0].gateway, "10.22.0.1");
  EXPECT_EQ(read->subnets[0].first, "10.22.1.0");
  EXPECT_EQ(read->subnets[1].gateway, "fd22::1");
  ASSERT_EQ(read->routes.size(), 1U);
  EXPECT_EQ(read->routes[0].gateway, "10.22.0.1");
  ASSERT_EQ(read->ports.size(), 1U);
  EXPECT_EQ(read->ports[0].protocol, "tcp");
  EXPECT_EQ(read->ips, (oci::Strings{"10.22.1.9"}));
  EXPECT_EQ(read->mac, "02:42:00:00:00:01");
  EXPECT_TRUE(read->bridge.starts_with("ic")) << read->bridge;
  EXPECT_LE(read->bridge.size(), 15U);
}

TEST(CniConfig, BandwidthIsInBits) {
  const auto read = read_config(config(
      R"(, "ipam": {"subnet": "10.22.0.0/16"}, "runtimeConfig": {"bandwidth":
          {"ingressRate": 1000000, "ingressBurst": 800000, "egressRate": 2000000}})"));
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->bandwidth.ingress, 1000000U);
  EXPECT_EQ(read->bandwidth.ingress_burst, 800000U);
  EXPECT_EQ(read->bandwidth.egress, 2000000U);
  EXPECT_EQ(read->bandwidth.egress_burst, 0U);
  EXPECT_NE(
      said(
          R"(, "ipam": {"subnet": "10.22.0.0/16"}, "runtimeConfig": {"bandwidth": {"egressBurst": 9}})")
          .find("egressRate 0 is no rate"),
      std::string::npos);
}

TEST(CniConfig, WhatIsNotThereIsNamed) {
  EXPECT_NE(said("").find("has no subnet"), std::string::npos);
  EXPECT_NE(said(R"(, "ipam": {"type": "dhcp"})").find("\"dhcp\""), std::string::npos);
  EXPECT_NE(said(R"(, "vlan": 7, "ipam": {"subnet": "10.22.0.0/16"})").find("does not know vlan"),
            std::string::npos);
  EXPECT_NE(
      said(R"(, "ipam": {"subnet": "10.22.0.0/16", "gateway": "10.23.0.1"})").find("is not in"),
      std::string::npos);
  EXPECT_NE(said(R"(, "ipam": {"subnet": "10.22.0.0/32"})").find("no room"), std::string::npos);
  EXPECT_NE(said(R"(, "bridge": "a/b", "ipam": {"subnet": "10.22.0.0/16"})").find("no name"),
            std::string::npos);
  EXPECT_EQ(version_of("not json"), "1.1.0");
  EXPECT_EQ(version_of(R"({"cniVersion": "0.4.0"})"), "0.4.0");
}

}  // namespace isle::network::cni
