#pragma once
// Why: the firewall is spoken to by messages on a NETLINK_NETFILTER socket, in a batch that takes
// effect as a whole or not at all (nfnetlink; linux/netfilter/nf_tables.h). A rule is a list of
// expressions of a small register machine: one loads a register, the next compares it, the last
// gives a verdict. Numbers are in network order. Tables here are of the family inet: both IPs.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/netlink.h"

namespace isle::kernel {

// Registers of 4 bytes, of which a key may take several on end.
inline constexpr unsigned kNftRegisters = 16;

// What a rule does, in order; registers are numbered from 0.
class NftRule {
 public:
  NftRule& meta(unsigned key, unsigned target);  // NFT_META_...
  NftRule& network_bytes(unsigned offset, unsigned length, unsigned target);
  NftRule& transport_bytes(unsigned offset, unsigned length, unsigned target);
  NftRule& ct(unsigned key, unsigned target);  // NFT_CT_...
  // Keeps the bits of `mask`.
  NftRule& mask(unsigned source, std::string_view mask);
  NftRule& equal(unsigned source, std::string_view bytes);
  // Sets these bits of the packet's mark, by way of a register.
  NftRule& mark_packet(std::uint32_t bits, unsigned by);
  NftRule& different(unsigned source, std::string_view bytes);
  NftRule& in_set(const std::string& set, unsigned source, bool inverted = false);
  NftRule& map(const std::string& map, unsigned source, unsigned target);
  // The type of the destination address here, an RTN_... number.
  NftRule& address_type(unsigned target);
  // The index of the device by which the source would be answered, 0 if not by this one.
  NftRule& way_back(unsigned target);
  // Address and port from registers.
  NftRule& destination_nat(bool v6, unsigned address, unsigned port);
  NftRule& masquerade();
  NftRule& accept();
  NftRule& drop();

  struct Expression {
    std::string name;
    std::string attributes;  // encoded
  };
  const std::vector<Expression>& expressions() const { return expressions_; }

 private:
  std::vector<Expression> expressions_;
  NftRule& payload(unsigned base, unsigned offset, unsigned length, unsigned target);
  NftRule& compare(unsigned operation, unsigned source, std::string_view bytes);
  NftRule& verdict(int code);
};

struct NftSet {
  std::string name;
  unsigned key_type = 0;  // as nft(8) counts its types; it shows elements by it
  unsigned key_bytes = 0;
  unsigned data_type = 0;  // of a map
  unsigned data_bytes = 0;
  bool interval = false;
};

struct NftElement {
  std::string set;
  std::string key;
  std::string data;     // of a map
  std::string comment;  // shown by nft(8)
  bool end = false;     // of an interval: the first key behind it
};

struct NftChain {
  const char* name;
  const char* type;  // "filter", "nat"
  unsigned hook;     // NF_INET_...
  int priority;
};

class NftBatch {
 public:
  // Of family inet, or of one that iptables-nft made: NFPROTO_IPV4, NFPROTO_IPV6.
  explicit NftBatch(std::string table);
  NftBatch(std::string table, std::uint8_t family);

  // Conflict (EEXIST) when it is there.
  void make_table();
  void remove_table();
  void make_chain(const NftChain& chain);
  void make_set(const NftSet& set);
  void add_rule(const char* chain, const NftRule& rule);
  // `exclusive`: EEXIST when the key is there.
  void add(const NftElement& element, bool exclusive);
  void remove(const NftElement& element);

  // The kernel's refusal of any part is the error, and nothing was done.
  Result<void> commit(NetlinkSocket& socket);

 private:
  std::string table_;
  std::uint8_t family_;
  std::vector<NetlinkRequest> requests_;
  std::uint32_t sets_ = 0;
  NetlinkMessage message(unsigned type, unsigned flags) const;
  void element(const NftElement& element, unsigned type, unsigned flags, const char* what);
};

// Whether a table of family inet is there.
Result<bool> nft_has_table(NetlinkSocket& socket, const std::string& table);
// The keys of a set's elements, their data, and whether they end an interval.
Result<std::vector<NftElement>> nft_elements(NetlinkSocket& socket,
                                             const std::string& table,
                                             const std::string& set);

// The policy of a base chain (NF_ACCEPT, NF_DROP); nullopt: there is no such chain.
Result<std::optional<unsigned>> nft_policy(NetlinkSocket& socket,
                                           std::uint8_t family,
                                           const std::string& table,
                                           const std::string& chain);
// Whether one of the chain's rules compares something with these bytes.
Result<bool> nft_compares(NetlinkSocket& socket,
                          std::uint8_t family,
                          const std::string& table,
                          const std::string& chain,
                          std::string_view bytes);

// 2 and 4 bytes in network order.
std::string big_endian(std::uint16_t value);
std::string big_endian(std::uint32_t value);
// Padded to whole registers.
std::string nft_word(std::string_view bytes);

}  // namespace isle::kernel
