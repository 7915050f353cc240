#include "network/firewall_elements.h"

#include <linux/in.h>

#include <algorithm>
#include <iterator>

#include "base/ip_address.h"
#include "network/leases.h"

namespace isle::network::firewall {

namespace {

using kernel::NftElement;

std::string name_key(const std::string& name) {
  std::string key = name;
  key.resize(kNameBytes);
  return key;
}

std::string protocol_byte(const std::string& name) {
  const int number = name == "udp" ? IPPROTO_UDP : name == "sctp" ? IPPROTO_SCTP : IPPROTO_TCP;
  return {static_cast<char>(number)};
}

// Its first address, and the first behind it.
Result<Group> subnet_group(const std::string& text) {
  const IpRange range = TRY(IpRange::parse(text));
  const AddressSet& set = range.address.is_v6() ? kInside6 : kInside4;
  return Group{{.set = set.name, .key = std::string(range.first().bytes())},
               {.set = set.name, .key = std::string(range.last().plus(1).bytes()), .end = true}};
}

}  // namespace

Result<std::vector<Group>> bridge_groups(const record::Attachment& attachment) {
  const std::string key = name_key(attachment.host_device);
  std::vector<Group> groups = {{{.set = kBridges, .key = key}},
                               {{.set = kPairs, .key = key + key}}};
  if (!attachment.open) groups.push_back({{.set = kApart, .key = key}});
  if (attachment.internal) groups.push_back({{.set = kInternal, .key = key}});
  if (attachment.masquerade && !attachment.internal) {
    groups.push_back({{.set = kMasked, .key = key}});
  }
  if (!attachment.obeys_filter) groups.push_back({{.set = kPassed, .key = key}});
  for (const std::string& address : attachment.bridge_addresses) {
    groups.push_back(TRY(subnet_group(address)));
  }
  return groups;
}

Result<NftElement> port_element(const std::string& container, const record::PublishedPort& port) {
  const IpAddress host = TRY(IpAddress::parse(port.host_ip));
  const IpAddress inside = TRY(IpAddress::parse(port.container_ip));
  const PortMap& map = inside.is_v6() ? kMap6 : kMap4;
  const std::string protocol = kernel::nft_word(protocol_byte(port.protocol));
  const std::string number = kernel::nft_word(kernel::big_endian(port.host_port));
  const std::string middle = host.is_unspecified() ? std::string() : std::string(host.bytes());
  return NftElement{.set = host.is_unspecified() ? map.any : map.at,
                    .key = protocol + middle + number,
                    .data = std::string(inside.bytes()) +
                            kernel::nft_word(kernel::big_endian(port.container_port)),
                    .comment = holder_words(container)};
}

Result<std::vector<Group>> groups_of(const record::Wiring& wiring) {
  std::vector<Group> groups;
  for (const record::Attachment& attachment : wiring.attachments) {
    if (attachment.driver != "bridge") continue;
    std::ranges::move(TRY(bridge_groups(attachment)), std::back_inserter(groups));
  }
  for (const record::PublishedPort& port : wiring.ports) {
    groups.push_back({TRY(port_element(wiring.container, port))});
  }
  return groups;
}

}  // namespace isle::network::firewall
