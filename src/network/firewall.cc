#include "network/firewall.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "kernel/nft.h"
#include "network/firewall_elements.h"
#include "network/host_filter.h"

namespace isle::network {

using namespace firewall;  // the sets' names and elements

namespace {

using kernel::NftBatch;
using kernel::NftElement;
using kernel::NftRule;

// nft(8)'s numbers of types; those of a concatenation stand side by side, 6 bits each.
constexpr unsigned kAddress4 = 7, kAddress6 = 8, kProtocol = 12, kPort = 13, kName = 41;
constexpr unsigned joined(unsigned a, unsigned b) { return a << 6 | b; }

// Offsets in the headers: RFC 791, RFC 8200; both ports stand first in TCP, UDP and SCTP.
constexpr unsigned kDestination4 = 16, kSource4 = 12, kDestination6 = 24, kSource6 = 8,
                   kDestinationPort = 2;

template <typename T>
std::string native(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

NftRule only(bool v6) {
  NftRule rule;
  rule.meta(NFT_META_NFPROTO, 0)
      .equal(0, native(static_cast<char>(v6 ? NFPROTO_IPV6 : NFPROTO_IPV4)));
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

// By the mark the host's own filter knows packets of isle's (host_filter.h); what isle drops is
// dropped all the same.
void add_marks(NftBatch& batch) {
  batch.make_chain({.name = "marks", .type = "filter", .hook = NF_INET_FORWARD, .priority = -5});
  NftRule out = from(kPassed), in = towards(kPassed);
  batch.add_rule("marks", out.mark_packet(kPassMark, 0));
  batch.add_rule("marks", in.mark_packet(kPassMark, 0));
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
  add_marks(batch);
}

void add_all(NftBatch& batch, const std::vector<Group>& groups) {
  for (const Group& group : groups) {
    for (const NftElement& element : group) batch.add(element, false);
  }
}

}  // namespace

Result<void> open_firewall(kernel::NetlinkSocket& socket, const record::Wiring& wiring) {
  // Twice the same is what a restart does; the same port to another container is refused (EBUSY).
  const std::vector<Group> groups = TRY(groups_of(wiring));
  Result<void> done;
  // The table may be made, or removed, by somebody else at any moment.
  for (int tries = 0; tries < 4; ++tries) {
    NftBatch elements(kTable);
    add_all(elements, groups);
    done = elements.commit(socket);
    if (done || done.error().errnum != ENOENT) break;
    NftBatch all(kTable);
    make_everything(all);
    add_all(all, groups);
    done = all.commit(socket);
    if (done || done.error().errnum != EEXIST) break;
  }
  if (!done && done.error().errnum == EBUSY) {
    done.error().kind = ErrorKind::Conflict;
    done.error().message = "a port that is to be published leads to another container already";
  }
  if (!done && done.error().errnum == EEXIST) {
    return std::unexpected(std::move(done).error().advise(
        "the table inet isle is not whole, or an older isle's: isle network reload makes it anew"));
  }
  if (!done && done.error().errnum == EOPNOTSUPP) {
    done.error().kind = ErrorKind::Unsupported;
    return std::unexpected(std::move(done).error().advise(
        "isle's firewall is nftables, which this kernel lacks (module nf_tables); rules of "
        "iptables may stand beside it, but do not replace it"));
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
      add_all(all, TRY(groups_of(wiring)));
    }
    done = all.commit(socket);
    if (done || (done.error().errnum != EEXIST && done.error().errnum != ENOENT)) break;
  }
  return done;
}

namespace {

// Only what is in the sets: a batch that names anything else is refused, which takes 15 ms.
Result<void> keep_present(kernel::NetlinkSocket& socket, std::vector<Group>& groups) {
  std::map<std::string, std::set<std::pair<std::string, bool>>> present;
  for (const Group& group : groups) {
    for (const NftElement& element : group) {
      if (!present.try_emplace(element.set).second) continue;
      for (NftElement& there : TRY(kernel::nft_elements(socket, kTable, element.set))) {
        present[element.set].emplace(std::move(there.key), there.end);
      }
    }
  }
  std::erase_if(groups, [&](const Group& group) {
    return !std::ranges::all_of(group, [&](const NftElement& element) {
      return present[element.set].contains({element.key, element.end});
    });
  });
  return {};
}

Result<void> remove_all(kernel::NetlinkSocket& socket, const std::vector<Group>& groups) {
  NftBatch batch(kTable);
  for (const Group& group : groups) {
    for (const NftElement& element : group) batch.remove(element);
  }
  return batch.commit(socket);
}

}  // namespace

Result<void> close_firewall(kernel::NetlinkSocket& socket,
                            const record::Wiring& wiring,
                            std::span<const record::Attachment> gone) {
  std::vector<Group> groups;
  groups.reserve(wiring.ports.size());
  for (const record::PublishedPort& port : wiring.ports) {
    groups.push_back({TRY(port_element(wiring.container, port))});
  }
  for (const record::Attachment& attachment : gone) {
    if (attachment.driver != "bridge") continue;
    std::ranges::move(TRY(bridge_groups(attachment)), std::back_inserter(groups));
  }
  // As a whole, as it was put there; else somebody else removed some of it, or does.
  for (int tries = 0; tries < 4 && !groups.empty(); ++tries) {
    Result<void> removed = remove_all(socket, groups);
    if (removed || removed.error().errnum != ENOENT) return removed;
    if (!TRY(kernel::nft_has_table(socket, kTable))) return {};
    TRY(keep_present(socket, groups));
  }
  return {};
}

}  // namespace isle::network
