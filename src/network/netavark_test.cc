#include "network/netavark.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace isle::network {

namespace {

const std::string kId(64, 'a');

std::string document(std::string_view networks, std::string_view infos, std::string_view more) {
  return format(
      R"({{"container_id": "{}", "container_name": "web", "networks": {{{}}}, "network_info": {{{}}}{}}})",
      kId,
      networks,
      infos,
      more);
}

constexpr const char* kGiven =
    R"("pod": {"static_ips": ["10.88.0.7", "fd88::7"], "interface_name": "eth0", "aliases": ["site"]})";
std::string info(std::string_view more) {
  return format(
      R"("pod": {{"name": "pod", "driver": "bridge", "network_interface": "podman0", "dns_enabled": true,
        "subnets": [{{"subnet": "10.88.0.0/16", "gateway": "10.88.0.1"}}, {{"subnet": "fd88::/64"}}]{}}})",
      more);
}

}  // namespace

TEST(Netavark, RequestBecomesAttachment) {
  const auto request = read_netavark_request(document(
      kGiven,
      info(R"(, "options": {"mtu": "1400", "isolate": "true"})"),
      R"(, "port_mappings": [{"host_port": 80, "container_port": 8080, "range": 2, "protocol": "tcp,udp"}])"));
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(request->holder, ".podman/" + kId);
  ASSERT_EQ(request->attachments.size(), 1U);
  const record::Attachment& attachment = request->attachments[0];
  EXPECT_EQ(attachment.addresses, (oci::Strings{"10.88.0.7/16", "fd88::7/64"}));
  EXPECT_EQ(attachment.bridge_addresses, (oci::Strings{"10.88.0.1/16"}));
  EXPECT_EQ(attachment.gateways, (oci::Strings{"10.88.0.1"}));
  EXPECT_EQ(attachment.mac, "02:42:0a:58:00:07");
  EXPECT_EQ(attachment.names, (oci::Strings{"web", "aaaaaaaaaaaa", "site"}));
  EXPECT_EQ(attachment.mtu, 1400U);
  EXPECT_FALSE(attachment.open);
  EXPECT_TRUE(attachment.serves_names);
  ASSERT_EQ(request->ports.size(), 2U);
  EXPECT_EQ(request->ports[1].protocol, "udp");
  EXPECT_EQ(request->ports[1].count, 2);
  EXPECT_TRUE(request->ports_are_held);

  record::Wiring wiring;
  wiring.attachments = request->attachments;
  EXPECT_EQ(
      netavark_answer(*request, wiring),
      R"({"pod":{"dns_search_domains":[],"dns_server_ips":["127.0.0.11"],"interfaces":{"eth0":)"
      R"({"mac_address":"02:42:0a:58:00:07","subnets":[{"ipnet":"10.88.0.7/16","gateway":"10.88.0.1"},)"
      R"({"ipnet":"fd88::7/64"}]}}}})"
      "\n");
}

TEST(Netavark, WhatIsNotThereIsNamed) {
  const auto said = [](const std::string& text) {
    const auto request = read_netavark_request(text);
    return request ? std::string() : request.error().describe();
  };
  EXPECT_NE(said(document(kGiven, "", "")).find("says nothing of network"), std::string::npos);
  EXPECT_NE(said(document(kGiven, info(R"(, "options": {"vrf": "x"})"), "")).find("option \"vrf\""),
            std::string::npos);
  EXPECT_NE(
      said(document(kGiven, info(R"(, "ipam_options": {"driver": "dhcp"})"), "")).find("DHCP"),
      std::string::npos);
  EXPECT_NE(
      said(R"({"container_id": "../x", "container_name": "w", "networks": {}, "network_info": {}})")
          .find("is not 64 hexadecimal digits"),
      std::string::npos);
}

}  // namespace isle::network
