#include "network/firewall.h"

#include <linux/if.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "base/ip_address.h"
#include "kernel/nft.h"
#include "network/leases.h"

namespace isle::network {

namespace {

using kernel::NftBatch;
using kernel::NftElement;
using kernel::NftRule;

// nft(8)'s numbers of types; those of a concatenation stand side by side, 6 bits each.
constexpr unsigned kAddress4 = 7, kAddress6 = 8, kProtocol = 12, kPort = 13, kName = 41;
constexpr unsigned joined(unsigned a, unsigned b) { return a << 6 | b; }
constexpr unsigned kNameBytes = IFNAMSIZ;

// Sets of bridges, by name.
constexpr const char* kBridges = "bridges";    // all of isle's
constexpr const char* kPairs = "pairs";        // each with itself
constexpr const char* kApart = "apart";        // others' containers do not come in
constexpr const char* kInternal = "internal";  // nothing goes out or comes in
constexpr const char* kMasked = "masked";      // go out under the host's address
// Containers' addresses.
struct AddressSet {
  const char* name;
  bool v6;
};
constexpr AddressSet kInside4{.name = "inside4", .v6 = false};
constexpr AddressSet kInside6{.name = "inside6", .v6 = true};
constexpr std::array kBridgeSets = {kBridges, kApart, kInternal, kMasked};

// Published ports: (protocol, port), or (protocol, address, port), to (address, port).
struct PortMap {
  const char* any;
  const char* at;
  bool v6;
};
constexpr PortMap kMap4{.any = "ports4", .at = "ports4_at", .v6 = false};
constexpr PortMap kMap6{.any = "ports6", .at = "ports6_at", .v6 = true};

// Offsets in the headers: RFC 791, RFC 8200; both ports stand first in TCP, UDP and SCTP.
constexpr unsigned kDestination4 = 16, kSource4 = 12, kDestination6 = 24, kSource6 = 8,
                   kDestinationPort = 2;

std::string byte(unsigned value) { return {static_cast<char>(value)}; }

template <typename T>
std::string native(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

NftRule only(bool v6) {
  NftRule rule;
  rule.meta(NFT_META_NFPROTO, 0).equal(0, byte(v6 ? NFPROTO_IPV6 : NFPROTO_IPV4));
  return rule;
}

NftRule from(const char* set) {
  NftRule rule;
  rule.meta(NFT_META_IIFNAME, 0).in_set(set, 0);
  return rule;
}
NftRule towards(const char* set) {
  NftRule rule;
  rule.meta(NFT_META_OIFNAME, 0).in_set(set, 0);
  return rule;
}
NftRule back_to_same() {
  NftRule rule;
  rule.meta(NFT_META_IIFNAME, 0).meta(NFT_META_OIFNAME, 4).in_set(kPairs, 0);
  return rule;
}
NftRule& if_published(NftRule& rule) {
  constexpr std::uint32_t kDnat = IPS_DST_NAT;
  return rule.ct(NFT_CT_STATUS, 0).mask(0, native(kDnat)).different(0, native(std::uint32_t{0}));
}

// What is for this host and a published port goes to the container.
void add_port_rules(NftBatch& batch, const char* chain, const PortMap& map) {
  const unsigned words = map.v6 ? 4 : 1;
  for (const bool at : {true, false}) {
    NftRule rule = only(map.v6);
    rule.address_type(0).equal(0, native(std::uint32_t{RTN_LOCAL}));
    rule.meta(NFT_META_L4PROTO, 0);
    if (at) rule.network_bytes(map.v6 ? kDestination6 : kDestination4, words * 4, 1);
    rule.transport_bytes(kDestinationPort, 2, at ? 1 + words : 1);
    rule.map(at ? map.at : map.any, 0, 8).destination_nat(map.v6, 8, 8 + words);
    batch.add_rule(chain, rule);
  }
}

NftRule to_or_from_loopback(unsigned offset) {
  NftRule rule = only(false);
  return rule.network_bytes(offset, 4, 0)
      .mask(0, std::string("\xff\0\0\0", 4))
      .equal(0, std::string("\x7f\0\0\0", 4));
}

// Bridges route 127.0.0.0/8, for ports published there: containers must not make use of it.
void add_guard(NftBatch& batch) {
  batch.make_chain(
      {.name = "guard", .type = "filter", .hook = NF_INET_PRE_ROUTING, .priority = -300});
  NftRule rule = to_or_from_loopback(kDestination4);
  batch.add_rule("guard", rule.meta(NFT_META_IIFNAME, 0).in_set(kBridges, 0).drop());
}

void add_nat(NftBatch& batch) {
  batch.make_chain(
      {.name = "arriving", .type = "nat", .hook = NF_INET_PRE_ROUTING, .priority = -100});
  batch.make_chain({.name = "own", .type = "nat", .hook = NF_INET_LOCAL_OUT, .priority = -100});
  for (const char* chain : {"arriving", "own"}) {
    for (const PortMap& map : {kMap4, kMap6}) add_port_rules(batch, chain, map);
  }
  batch.make_chain(
      {.name = "leaving", .type = "nat", .hook = NF_INET_POST_ROUTING, .priority = 100});
  // 127.0.0.1 published: the container would answer itself.
  NftRule loopback = to_or_from_loopback(kSource4);
  batch.add_rule("leaving", loopback.meta(NFT_META_OIFNAME, 0).in_set(kBridges, 0).masquerade());
  // A neighbour, or the container itself, by the published port: the answer has to come by here.
  // By addresses: what bridge-nf-call-iptables sends here has no device that it came by.
  for (const AddressSet& set : {kInside4, kInside6}) {
    NftRule hairpin = only(set.v6);
    hairpin.network_bytes(set.v6 ? kSource6 : kSource4, set.v6 ? 16 : 4, 0).in_set(set.name, 0);
    hairpin.meta(NFT_META_OIFNAME, 0).in_set(kBridges, 0);
    batch.add_rule("leaving", if_published(hairpin).masquerade());
  }
  NftRule outside = from(kMasked);
  batch.add_rule("leaving",
                 outside.meta(NFT_META_OIFNAME, 0).in_set(kBridges, 0, true).masquerade());
}

// Nothing comes in that was not asked for: not by a published port, an answer or a neighbour.
void add_forward(NftBatch& batch) {
  constexpr const char* kForward = "forward";
  batch.make_chain({.name = kForward, .type = "filter", .hook = NF_INET_FORWARD, .priority = 0});
  // Seen here only with bridge-nf-call-iptables, and before the next rule: a bridge without an
  // address (podman's internal networks) has no way back to anybody.
  batch.add_rule(kForward, back_to_same().accept());
  NftRule spoofed = from(kBridges);
  batch.add_rule(kForward, spoofed.way_back(0).equal(0, native(std::uint32_t{0})).drop());
  constexpr std::uint32_t kAnswers =
      NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED);
  NftRule answers;
  answers.ct(NFT_CT_STATE, 0).mask(0, native(kAnswers)).different(0, native(std::uint32_t{0}));
  batch.add_rule(kForward, answers.accept());
  batch.add_rule(kForward, from(kInternal).drop());
  batch.add_rule(kForward, towards(kInternal).drop());
  NftRule published = towards(kBridges);
  batch.add_rule(kForward, if_published(published).accept());
  NftRule out = from(kApart), in = from(kBridges), open = from(kBridges);
  batch.add_rule(kForward, out.meta(NFT_META_OIFNAME, 0).in_set(kBridges, 0).drop());
  batch.add_rule(kForward, in.meta(NFT_META_OIFNAME, 0).in_set(kApart, 0).drop());
  batch.add_rule(kForward, open.meta(NFT_META_OIFNAME, 0).in_set(kBridges, 0).accept());
  batch.add_rule(kForward, towards(kBridges).drop());
}

void make_sets(NftBatch& batch) {
  for (const char* name : kBridgeSets) {
    batch.make_set({.name = name, .key_type = kName, .key_bytes = kNameBytes});
  }
  batch.make_set({.name = kPairs, .key_type = joined(kName, kName), .key_bytes = 2 * kNameBytes});
  for (const AddressSet& set : {kInside4, kInside6}) {
    batch.make_set({.name = set.name,
                    .key_type = set.v6 ? kAddress6 : kAddress4,
                    .key_bytes = set.v6 ? 16U : 4U,
                    .interval = true});
  }
  for (const PortMap& map : {kMap4, kMap6}) {
    const unsigned address = map.v6 ? kAddress6 : kAddress4;
    const unsigned bytes = map.v6 ? 16 : 4;
    batch.make_set({.name = map.any,
                    .key_type = joined(kProtocol, kPort),
                    .key_bytes = 8,
                    .data_type = joined(address, kPort),
                    .data_bytes = bytes + 4});
    batch.make_set({.name = map.at,
                    .key_type = joined(joined(kProtocol, address), kPort),
                    .key_bytes = bytes + 8,
                    .data_type = joined(address, kPort),
                    .data_bytes = bytes + 4});
  }
}

void make_everything(NftBatch& batch) {
  batch.make_table();
  make_sets(batch);
  add_guard(batch);
  add_nat(batch);
  add_forward(batch);
}

std::string name_key(const std::string& name) {
  std::string key = name;
  key.resize(kNameBytes);
  return key;
}

std::vector<NftElement> bridge_elements(const record::Attachment& attachment) {
  const std::string key = name_key(attachment.host_device);
  std::vector<NftElement> elements = {{.set = kBridges, .key = key},
                                      {.set = kPairs, .key = key + key}};
  if (!attachment.open) elements.push_back({.set = kApart, .key = key});
  if (attachment.internal) elements.push_back({.set = kInternal, .key = key});
  if (attachment.masquerade && !attachment.internal)
    elements.push_back({.set = kMasked, .key = key});
  return elements;
}

// The subnets of a bridge, by the addresses it has in them ("10.87.0.1/24").
Result<std::vector<NftElement>> subnet_elements(const oci::Strings& addresses) {
  std::vector<NftElement> elements;
  for (const std::string& text : addresses) {
    const IpRange range = TRY(IpRange::parse(text));
    const AddressSet& set = range.address.is_v6() ? kInside6 : kInside4;
    elements.push_back({.set = set.name, .key = std::string(range.first().bytes())});
    elements.push_back(
        {.set = set.name, .key = std::string(range.last().plus(1).bytes()), .end = true});
  }
  return elements;
}

unsigned protocol_number(const std::string& name) {
  return name == "udp" ? IPPROTO_UDP : name == "sctp" ? IPPROTO_SCTP : IPPROTO_TCP;
}

Result<NftElement> port_element(const record::Wiring& wiring, const record::PublishedPort& port) {
  const IpAddress host = TRY(IpAddress::parse(port.host_ip));
  const IpAddress inside = TRY(IpAddress::parse(port.container_ip));
  const PortMap& map = inside.is_v6() ? kMap6 : kMap4;
  const std::string protocol = kernel::nft_word(byte(protocol_number(port.protocol)));
  const std::string number = kernel::nft_word(kernel::big_endian(port.host_port));
  const std::string middle = host.is_unspecified() ? std::string() : std::string(host.bytes());
  return NftElement{.set = host.is_unspecified() ? map.any : map.at,
                    .key = protocol + middle + number,
                    .data = std::string(inside.bytes()) +
                            kernel::nft_word(kernel::big_endian(port.container_port)),
                    .comment = holder_words(wiring.container)};
}

Result<void> add_elements(NftBatch& batch, const record::Wiring& wiring) {
  for (const record::Attachment& attachment : wiring.attachments) {
    if (attachment.driver != "bridge") continue;
    for (const NftElement& element : bridge_elements(attachment)) batch.add(element, false);
    for (const NftElement& element : TRY(subnet_elements(attachment.bridge_addresses))) {
      batch.add(element, false);
    }
  }
  // Twice the same is what a restart does; the same port to another container is refused (EBUSY).
  for (const record::PublishedPort& port : wiring.ports) {
    batch.add(TRY(port_element(wiring, port)), false);
  }
  return {};
}

}  // namespace

Result<void> open_firewall(kernel::NetlinkSocket& socket, const record::Wiring& wiring) {
  Result<void> done;
  // The table may be made, or removed, by somebody else at any moment.
  for (int tries = 0; tries < 4; ++tries) {
    NftBatch elements(kTable);
    TRY(add_elements(elements, wiring));
    done = elements.commit(socket);
    if (done || done.error().errnum != ENOENT) break;
    NftBatch all(kTable);
    make_everything(all);
    TRY(add_elements(all, wiring));
    done = all.commit(socket);
    if (done || done.error().errnum != EEXIST) break;
  }
  if (!done && done.error().errnum == EBUSY) {
    done.error().kind = ErrorKind::Conflict;
    done.error().message = "a port that is to be published leads to another container already";
  }
  return done;
}

Result<void> rebuild_firewall(kernel::NetlinkSocket& socket,
                              std::span<const record::Wiring> wirings) {
  constexpr std::size_t kAtOnce = 200;  // what a socket's buffer surely holds
  Result<void> done;
  for (int tries = 0; tries < 4; ++tries) {
    NftBatch all(kTable);
    if (TRY(kernel::nft_has_table(socket, kTable))) all.remove_table();
    make_everything(all);
    std::set<std::string> bridges;
    for (record::Wiring wiring : wirings.first(std::min(kAtOnce, wirings.size()))) {
      std::erase_if(wiring.attachments, [&](const record::Attachment& attachment) {
        return !bridges.insert(attachment.host_device).second;
      });
      TRY(add_elements(all, wiring));
    }
    done = all.commit(socket);
    if (done || (done.error().errnum != EEXIST && done.error().errnum != ENOENT)) break;
  }
  return done;
}

Result<void> close_ports(kernel::NetlinkSocket& socket, const record::Wiring& wiring) {
  Result<void> result;
  for (const record::PublishedPort& port : wiring.ports) {
    NftBatch batch(kTable);
    batch.remove(TRY(port_element(wiring, port)));
    const Result<void> removed = batch.commit(socket);
    if (!removed && removed.error().errnum != ENOENT) result = removed;
  }
  return result;
}

Result<void> forget_bridge(kernel::NetlinkSocket& socket,
                           const std::string& bridge,
                           const oci::Strings& addresses) {
  const std::string key = name_key(bridge);
  std::vector<NftElement> elements = {{.set = kPairs, .key = key + key}};
  for (const char* set : kBridgeSets) elements.push_back({.set = set, .key = key});
  const std::vector<NftElement> subnets = TRY(subnet_elements(addresses));
  for (std::size_t i = 0; i + 1 < subnets.size(); i += 2) {
    NftBatch batch(kTable);
    batch.remove(subnets[i]);
    batch.remove(subnets[i + 1]);
    static_cast<void>(batch.commit(socket));  // not there: nothing of it is
  }
  Result<void> result;
  for (const NftElement& element : elements) {
    NftBatch batch(kTable);
    batch.remove(element);
    const Result<void> removed = batch.commit(socket);
    if (!removed && removed.error().errnum != ENOENT) result = removed;
  }
  return result;
}

Result<void> remove_table(kernel::NetlinkSocket& socket) {
  NftBatch batch(kTable);
  batch.remove_table();
  const Result<void> removed = batch.commit(socket);
  if (!removed && removed.error().errnum == ENOENT) return {};
  return removed;
}

}  // namespace isle::network
