#include "kernel/nft.h"

#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/strings.h"

namespace isle::kernel {

namespace {

constexpr std::uint16_t type_of(unsigned message) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | message);
}

// A list of attributes on its own, to be put into a message later.
class Attributes {
 public:
  Attributes& number(std::uint16_t type, std::uint32_t value) {
    return bytes(type, big_endian(value));
  }
  Attributes& text(std::uint16_t type, const std::string& value) {
    return bytes(type, std::string_view(value.c_str(), value.size() + 1));
  }
  Attributes& bytes(std::uint16_t type, std::string_view value) {
    const nlattr header{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + value.size()),
                        .nla_type = type};
    bytes_.append(reinterpret_cast<const char*>(&header), sizeof header);
    bytes_ += nft_word(value);
    return *this;
  }
  Attributes& nested(std::uint16_t type, std::string_view list) {
    return bytes(static_cast<std::uint16_t>(type | NLA_F_NESTED), list);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

std::uint32_t register_of(unsigned number) { return NFT_REG32_00 + number; }

std::string value_of(std::string_view bytes) {
  return Attributes().bytes(NFTA_DATA_VALUE, bytes).take();
}

void put_family(NetlinkMessage& message, std::uint8_t family, std::uint16_t resource) {
  message.body(nfgenmsg{.nfgen_family = family, .version = NFNETLINK_V0, .res_id = resource});
}

// BATCH_BEGIN and BATCH_END: what stands between is one transaction.
NetlinkRequest frame(std::uint16_t type) {
  NetlinkMessage message(type, 0);
  message.without_answer();
  put_family(message, AF_UNSPEC, htons(NFNL_SUBSYS_NFTABLES));
  return {.message = std::move(message), .what = "nftables batch"};
}

// Comments as nft(8) keeps them: type 0, length, text with its NUL.
std::string user_data(const std::string& comment) {
  std::string data;
  data += '\0';
  data += static_cast<char>(comment.size() + 1);
  data += comment;
  data += '\0';
  return data;
}

}  // namespace

std::string big_endian(std::uint16_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}
std::string big_endian(std::uint32_t value) {
  return big_endian(static_cast<std::uint16_t>(value >> 16)) +
         big_endian(static_cast<std::uint16_t>(value));
}
std::string nft_word(std::string_view bytes) {
  std::string word(bytes);
  word.resize((bytes.size() + 3) & ~std::size_t{3});
  return word;
}

// ---- rules -----------------------------------------------------------------------------------

NftRule& NftRule::meta(unsigned key, unsigned target) {
  expressions_.push_back(
      {"meta",
       Attributes().number(NFTA_META_DREG, register_of(target)).number(NFTA_META_KEY, key).take()});
  return *this;
}
NftRule& NftRule::mark_packet(std::uint32_t bits, unsigned by) {
  const auto native = [](std::uint32_t value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
  };
  meta(NFT_META_MARK, by);
  expressions_.push_back({"bitwise",
                          Attributes()
                              .number(NFTA_BITWISE_SREG, register_of(by))
                              .number(NFTA_BITWISE_DREG, register_of(by))
                              .number(NFTA_BITWISE_LEN, sizeof bits)
                              .nested(NFTA_BITWISE_MASK, value_of(native(~bits)))
                              .nested(NFTA_BITWISE_XOR, value_of(native(bits)))
                              .take()});
  expressions_.push_back({"meta",
                          Attributes()
                              .number(NFTA_META_KEY, NFT_META_MARK)
                              .number(NFTA_META_SREG, register_of(by))
                              .take()});
  return *this;
}
NftRule& NftRule::payload(unsigned base, unsigned offset, unsigned length, unsigned target) {
  expressions_.push_back({"payload",
                          Attributes()
                              .number(NFTA_PAYLOAD_DREG, register_of(target))
                              .number(NFTA_PAYLOAD_BASE, base)
                              .number(NFTA_PAYLOAD_OFFSET, offset)
                              .number(NFTA_PAYLOAD_LEN, length)
                              .take()});
  return *this;
}
NftRule& NftRule::network_bytes(unsigned offset, unsigned length, unsigned target) {
  return payload(NFT_PAYLOAD_NETWORK_HEADER, offset, length, target);
}
NftRule& NftRule::transport_bytes(unsigned offset, unsigned length, unsigned target) {
  return payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset, length, target);
}
NftRule& NftRule::ct(unsigned key, unsigned target) {
  expressions_.push_back(
      {"ct",
       Attributes().number(NFTA_CT_DREG, register_of(target)).number(NFTA_CT_KEY, key).take()});
  return *this;
}
NftRule& NftRule::mask(unsigned source, std::string_view mask) {
  expressions_.push_back({"bitwise",
                          Attributes()
                              .number(NFTA_BITWISE_SREG, register_of(source))
                              .number(NFTA_BITWISE_DREG, register_of(source))
                              .number(NFTA_BITWISE_LEN, static_cast<std::uint32_t>(mask.size()))
                              .nested(NFTA_BITWISE_MASK, value_of(mask))
                              .nested(NFTA_BITWISE_XOR, value_of(std::string(mask.size(), '\0')))
                              .take()});
  return *this;
}
NftRule& NftRule::compare(unsigned operation, unsigned source, std::string_view bytes) {
  expressions_.push_back({"cmp",
                          Attributes()
                              .number(NFTA_CMP_SREG, register_of(source))
                              .number(NFTA_CMP_OP, operation)
                              .nested(NFTA_CMP_DATA, value_of(bytes))
                              .take()});
  return *this;
}
NftRule& NftRule::equal(unsigned source, std::string_view bytes) {
  return compare(NFT_CMP_EQ, source, bytes);
}
NftRule& NftRule::different(unsigned source, std::string_view bytes) {
  return compare(NFT_CMP_NEQ, source, bytes);
}
NftRule& NftRule::in_set(const std::string& set, unsigned source, bool inverted) {
  expressions_.push_back({"lookup",
                          Attributes()
                              .text(NFTA_LOOKUP_SET, set)
                              .number(NFTA_LOOKUP_SREG, register_of(source))
                              .number(NFTA_LOOKUP_FLAGS, inverted ? NFT_LOOKUP_F_INV : 0)
                              .take()});
  return *this;
}
NftRule& NftRule::map(const std::string& map, unsigned source, unsigned target) {
  expressions_.push_back({"lookup",
                          Attributes()
                              .text(NFTA_LOOKUP_SET, map)
                              .number(NFTA_LOOKUP_SREG, register_of(source))
                              .number(NFTA_LOOKUP_DREG, register_of(target))
                              .take()});
  return *this;
}
NftRule& NftRule::address_type(unsigned target) {
  expressions_.push_back({"fib",
                          Attributes()
                              .number(NFTA_FIB_DREG, register_of(target))
                              .number(NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE)
                              .number(NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR)
                              .take()});
  return *this;
}
NftRule& NftRule::way_back(unsigned target) {
  expressions_.push_back({"fib",
                          Attributes()
                              .number(NFTA_FIB_DREG, register_of(target))
                              .number(NFTA_FIB_RESULT, NFT_FIB_RESULT_OIF)
                              .number(NFTA_FIB_FLAGS, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF)
                              .take()});
  return *this;
}
NftRule& NftRule::destination_nat(bool v6, unsigned address, unsigned port) {
  expressions_.push_back({"nat",
                          Attributes()
                              .number(NFTA_NAT_TYPE, NFT_NAT_DNAT)
                              .number(NFTA_NAT_FAMILY, v6 ? NFPROTO_IPV6 : NFPROTO_IPV4)
                              .number(NFTA_NAT_REG_ADDR_MIN, register_of(address))
                              .number(NFTA_NAT_REG_PROTO_MIN, register_of(port))
                              .take()});
  return *this;
}
NftRule& NftRule::masquerade() {
  expressions_.push_back({"masq", {}});
  return *this;
}
NftRule& NftRule::verdict(int code) {
  const std::string word =
      Attributes().number(NFTA_VERDICT_CODE, static_cast<std::uint32_t>(code)).take();
  expressions_.push_back(
      {"immediate",
       Attributes()
           .number(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT)
           .nested(NFTA_IMMEDIATE_DATA, Attributes().nested(NFTA_DATA_VERDICT, word).take())
           .take()});
  return *this;
}
NftRule& NftRule::accept() { return verdict(NF_ACCEPT); }
NftRule& NftRule::drop() { return verdict(NF_DROP); }

// ---- batches ---------------------------------------------------------------------------------

NftBatch::NftBatch(std::string table) : NftBatch(std::move(table), NFPROTO_INET) {}

NftBatch::NftBatch(std::string table, std::uint8_t family)
    : table_(std::move(table)), family_(family) {
  requests_.push_back(frame(NFNL_MSG_BATCH_BEGIN));
}

NetlinkMessage NftBatch::message(unsigned type, unsigned flags) const {
  NetlinkMessage message(type_of(type), static_cast<std::uint16_t>(flags));
  put_family(message, family_, 0);
  return message;
}

void NftBatch::make_table() {
  NetlinkMessage made = message(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
  made.put_text(NFTA_TABLE_NAME, table_);
  made.put(NFTA_TABLE_FLAGS, big_endian(std::uint32_t{0}));
  requests_.push_back({std::move(made), format("NFT_MSG_NEWTABLE(inet {})", table_)});
}

void NftBatch::remove_table() {
  NetlinkMessage removal = message(NFT_MSG_DELTABLE, 0);
  removal.put_text(NFTA_TABLE_NAME, table_);
  requests_.push_back({std::move(removal), format("NFT_MSG_DELTABLE(inet {})", table_)});
}

void NftBatch::make_chain(const NftChain& chain) {
  NetlinkMessage made = message(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);
  made.put_text(NFTA_CHAIN_TABLE, table_);
  made.put_text(NFTA_CHAIN_NAME, chain.name);
  made.put_text(NFTA_CHAIN_TYPE, chain.type);
  made.nest(NFTA_CHAIN_HOOK, [&] {
    made.put(NFTA_HOOK_HOOKNUM, big_endian(std::uint32_t{chain.hook}));
    made.put(NFTA_HOOK_PRIORITY, big_endian(static_cast<std::uint32_t>(chain.priority)));
  });
  made.put(NFTA_CHAIN_POLICY, big_endian(std::uint32_t{NF_ACCEPT}));
  requests_.push_back({std::move(made), format("NFT_MSG_NEWCHAIN({})", chain.name)});
}

void NftBatch::make_set(const NftSet& set) {
  NetlinkMessage made = message(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL);
  made.put_text(NFTA_SET_TABLE, table_);
  made.put_text(NFTA_SET_NAME, set.name);
  made.put(NFTA_SET_ID, big_endian(++sets_));
  made.put(NFTA_SET_KEY_TYPE, big_endian(std::uint32_t{set.key_type}));
  made.put(NFTA_SET_KEY_LEN, big_endian(std::uint32_t{set.key_bytes}));
  const bool is_map = set.data_bytes != 0;
  const std::uint32_t flags = (is_map ? std::uint32_t{NFT_SET_MAP} : 0U) |
                              (set.interval ? std::uint32_t{NFT_SET_INTERVAL} : 0U);
  made.put(NFTA_SET_FLAGS, big_endian(flags));
  if (is_map) {
    made.put(NFTA_SET_DATA_TYPE, big_endian(std::uint32_t{set.data_type}));
    made.put(NFTA_SET_DATA_LEN, big_endian(std::uint32_t{set.data_bytes}));
  }
  requests_.push_back({std::move(made), format("NFT_MSG_NEWSET({})", set.name)});
}

void NftBatch::add_rule(const char* chain, const NftRule& rule) {
  NetlinkMessage made = message(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
  made.put_text(NFTA_RULE_TABLE, table_);
  made.put_text(NFTA_RULE_CHAIN, chain);
  made.nest(NFTA_RULE_EXPRESSIONS, [&] {
    for (const NftRule::Expression& expression : rule.expressions()) {
      made.nest(NFTA_LIST_ELEM, [&] {
        made.put_text(NFTA_EXPR_NAME, expression.name);
        made.put(NFTA_EXPR_DATA | NLA_F_NESTED, expression.attributes);
      });
    }
  });
  requests_.push_back({std::move(made), format("NFT_MSG_NEWRULE({})", chain)});
}

void NftBatch::element(const NftElement& element, unsigned type, unsigned flags, const char* what) {
  NetlinkMessage changed = message(type, flags);
  changed.put_text(NFTA_SET_ELEM_LIST_TABLE, table_);
  changed.put_text(NFTA_SET_ELEM_LIST_SET, element.set);
  changed.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&] {
    changed.nest(NFTA_LIST_ELEM, [&] {
      changed.put(NFTA_SET_ELEM_KEY | NLA_F_NESTED, value_of(element.key));
      if (element.end) {
        changed.put(NFTA_SET_ELEM_FLAGS, big_endian(std::uint32_t{NFT_SET_ELEM_INTERVAL_END}));
      }
      if (!element.data.empty()) {
        changed.put(NFTA_SET_ELEM_DATA | NLA_F_NESTED, value_of(element.data));
      }
      if (!element.comment.empty()) {
        changed.put(NFTA_SET_ELEM_USERDATA, user_data(element.comment));
      }
    });
  });
  requests_.push_back({std::move(changed), format("{}({})", what, element.set)});
}

void NftBatch::add(const NftElement& added, bool exclusive) {
  element(added,
          NFT_MSG_NEWSETELEM,
          NLM_F_CREATE | (exclusive ? NLM_F_EXCL : 0U),
          "NFT_MSG_NEWSETELEM");
}

void NftBatch::remove(const NftElement& removed) {
  element({.set = removed.set, .key = removed.key, .data = {}, .comment = {}, .end = removed.end},
          NFT_MSG_DELSETELEM,
          0,
          "NFT_MSG_DELSETELEM");
}

Result<void> NftBatch::commit(NetlinkSocket& socket) {
  requests_.push_back(frame(NFNL_MSG_BATCH_END));
  return socket.send_all(std::move(requests_));
}

Result<bool> nft_has_table(NetlinkSocket& socket, const std::string& table) {
  NetlinkMessage message(type_of(NFT_MSG_GETTABLE), 0);
  put_family(message, NFPROTO_INET, 0);
  message.put_text(NFTA_TABLE_NAME, table);
  const auto replies = socket.ask(std::move(message), format("NFT_MSG_GETTABLE({})", table));
  if (!replies && replies.error().errnum == ENOENT) return false;
  if (!replies) return std::unexpected(replies.error());
  return true;
}

Result<std::optional<unsigned>> nft_policy(NetlinkSocket& socket,
                                           std::uint8_t family,
                                           const std::string& table,
                                           const std::string& chain) {
  NetlinkMessage message(type_of(NFT_MSG_GETCHAIN), 0);
  put_family(message, family, 0);
  message.put_text(NFTA_CHAIN_TABLE, table);
  message.put_text(NFTA_CHAIN_NAME, chain);
  const auto replies = socket.ask(std::move(message), format("NFT_MSG_GETCHAIN({})", chain));
  if (!replies && replies.error().errnum == ENOENT) return std::optional<unsigned>();
  if (!replies) return std::unexpected(replies.error());
  for (const NetlinkReply& reply : *replies) {
    const auto policy = reply.attribute(sizeof(nfgenmsg), NFTA_CHAIN_POLICY);
    if (policy && *policy == big_endian(std::uint32_t{NF_DROP})) return std::optional(NF_DROP);
  }
  return std::optional(NF_ACCEPT);
}

Result<bool> nft_compares(NetlinkSocket& socket,
                          std::uint8_t family,
                          const std::string& table,
                          const std::string& chain,
                          std::string_view bytes) {
  NetlinkMessage message(type_of(NFT_MSG_GETRULE), NLM_F_DUMP);
  put_family(message, family, 0);
  message.put_text(NFTA_RULE_TABLE, table);
  message.put_text(NFTA_RULE_CHAIN, chain);
  const std::string wanted = value_of(bytes);
  for (const NetlinkReply& reply :
       TRY(socket.ask(std::move(message), format("NFT_MSG_GETRULE({})", chain)))) {
    const auto list = reply.attribute(sizeof(nfgenmsg), NFTA_RULE_EXPRESSIONS);
    const auto rules = list ? netlink_attributes(*list) : std::vector<std::string_view>();
    for (const std::string_view item : rules) {
      const auto name = netlink_attribute(item, NFTA_EXPR_NAME);
      const auto data = netlink_attribute(item, NFTA_EXPR_DATA);
      if (!name || !data || name->substr(0, name->find('\0')) != "cmp") continue;
      if (netlink_attribute(*data, NFTA_CMP_DATA) == std::optional<std::string_view>(wanted)) {
        return true;
      }
    }
  }
  return false;
}

Result<std::vector<NftElement>> nft_elements(NetlinkSocket& socket,
                                             const std::string& table,
                                             const std::string& set) {
  NetlinkMessage message(type_of(NFT_MSG_GETSETELEM), NLM_F_DUMP);
  put_family(message, NFPROTO_INET, 0);
  message.put_text(NFTA_SET_ELEM_LIST_TABLE, table);
  message.put_text(NFTA_SET_ELEM_LIST_SET, set);
  std::vector<NftElement> elements;
  for (const NetlinkReply& reply :
       TRY(socket.ask(std::move(message), format("NFT_MSG_GETSETELEM({})", set)))) {
    const auto list = reply.attribute(sizeof(nfgenmsg), NFTA_SET_ELEM_LIST_ELEMENTS);
    if (!list) continue;
    for (const std::string_view item : netlink_attributes(*list)) {
      NftElement element{.set = set, .key = {}, .data = {}, .comment = {}};
      if (const auto key = netlink_attribute(item, NFTA_SET_ELEM_KEY)) {
        element.key = netlink_attribute(*key, NFTA_DATA_VALUE).value_or("");
      }
      if (const auto data = netlink_attribute(item, NFTA_SET_ELEM_DATA)) {
        element.data = netlink_attribute(*data, NFTA_DATA_VALUE).value_or("");
      }
      const auto flags = netlink_attribute(item, NFTA_SET_ELEM_FLAGS);
      element.end = flags && *flags == big_endian(std::uint32_t{NFT_SET_ELEM_INTERVAL_END});
      elements.push_back(std::move(element));
    }
  }
  return elements;
}

}  // namespace isle::kernel
