#include "network/dns_message.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::network::dns {

namespace {

constexpr std::size_t kHeader = 12, kLongestName = 255, kLongestLabel = 63;
constexpr std::uint16_t kInternet = 1, kOpt = 41;
constexpr std::uint32_t kTtl = 600;  // as docker's
constexpr unsigned kReplyFlag = 0x80, kTruncated = 0x02, kRecursion = 0x01;

std::uint16_t number_at(std::string_view packet, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(packet[at]) << 8 |
                                    static_cast<unsigned char>(packet[at + 1]));
}

void put16(std::string& packet, unsigned value) {
  packet += static_cast<char>(value >> 8);
  packet += static_cast<char>(value);
}
void put32(std::string& packet, std::uint32_t value) {
  put16(packet, value >> 16);
  put16(packet, value & 0xffff);
}

// A name without compression, which a question has no use for.
std::optional<std::string> take_name(std::string_view packet, std::size_t& at) {
  std::string name;
  while (at < packet.size()) {
    const auto length = static_cast<unsigned char>(packet[at++]);
    if (length == 0) return lower(name);
    if (length > kLongestLabel || at + length > packet.size()) return std::nullopt;
    if (!name.empty()) name += '.';
    name += packet.substr(at, length);
    at += length;
    if (name.size() > kLongestName) return std::nullopt;
  }
  return std::nullopt;
}

std::string encoded(std::string_view name) {
  std::string bytes;
  for (const std::string_view label : split(name, '.')) {
    const std::string_view part = label.substr(0, kLongestLabel);
    if (part.empty()) continue;
    bytes += static_cast<char>(part.size());
    bytes += part;
  }
  bytes += '\0';
  return bytes;
}

// Header and question of a reply to `packet`.
std::string begin(std::string_view packet,
                  const Question& question,
                  unsigned code,
                  std::size_t answers,
                  bool truncated = false) {
  std::string reply(packet.substr(0, 2));
  const auto asked = static_cast<unsigned char>(packet[2]);
  reply += static_cast<char>(kReplyFlag | (asked & (0x78U | kRecursion)) |
                             (truncated ? kTruncated : 0U));
  reply += static_cast<char>(0x80U | code);  // recursion is available
  put16(reply, 1);
  put16(reply, static_cast<unsigned>(answers));
  put32(reply, 0);
  reply += packet.substr(kHeader, question.end - kHeader);
  return reply;
}

void put_record(std::string& reply, std::uint16_t type, std::string_view data) {
  put16(reply, 0xc000 | kHeader);  // the question's name
  put16(reply, type);
  put16(reply, kInternet);
  put32(reply, kTtl);
  put16(reply, static_cast<unsigned>(data.size()));
  reply += data;
}

std::optional<IpAddress> reversed_v4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  const auto address =
      IpAddress::parse(format("{}.{}.{}.{}", parts[3], parts[2], parts[1], parts[0]));
  return address ? std::optional(*address) : std::nullopt;
}

std::optional<IpAddress> reversed_v6(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 32) return std::nullopt;
  std::string address;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view digit = parts[parts.size() - 1 - i];
    if (digit.size() != 1) return std::nullopt;
    if (i != 0 && i % 4 == 0) address += ':';
    address += digit;
  }
  const auto parsed = IpAddress::parse(address);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

}  // namespace

std::optional<Question> parse_question(std::string_view packet) {
  if (packet.size() < kHeader) return std::nullopt;
  const bool is_query = (static_cast<unsigned char>(packet[2]) & (kReplyFlag | 0x78U)) == 0;
  if (!is_query || number_at(packet, 4) != 1) return std::nullopt;
  std::size_t at = kHeader;
  const std::optional<std::string> name = take_name(packet, at);
  if (!name || at + 4 > packet.size() || number_at(packet, at + 2) != kInternet) {
    return std::nullopt;
  }
  Question question{.name = *name, .type = number_at(packet, at), .end = at + 4};
  // EDNS0 (RFC 6891): a record for the root, of which the class is the size.
  const std::size_t more = question.end;
  if (more + 11 <= packet.size() && packet[more] == 0 && number_at(packet, more + 1) == kOpt) {
    question.room = std::max<std::size_t>(question.room, number_at(packet, more + 3));
  }
  return question;
}

std::string answer(std::string_view packet,
                   const Question& question,
                   const std::vector<IpAddress>& addresses,
                   std::size_t limit) {
  std::string records;
  std::size_t count = 0;
  bool truncated = false;
  for (const IpAddress& address : addresses) {
    const Type type = address.is_v6() ? Type::Aaaa : Type::A;
    if (question.type != static_cast<std::uint16_t>(type)) continue;
    std::string record;
    put_record(record, question.type, address.bytes());
    truncated = question.end + records.size() + record.size() > limit;
    if (truncated) break;
    records += record;
    ++count;
  }
  return begin(packet, question, 0, count, truncated) + records;
}

std::string answer_name(std::string_view packet,
                        const Question& question,
                        const std::string& name) {
  std::string reply = begin(packet, question, 0, 1);
  put_record(reply, question.type, encoded(name));
  return reply;
}

std::string refuse(std::string_view packet, const Question& question, unsigned code) {
  return begin(packet, question, code, 0);
}

std::optional<IpAddress> address_in_name(std::string_view name) {
  constexpr std::string_view kV4 = ".in-addr.arpa", kV6 = ".ip6.arpa";
  if (name.ends_with(kV4)) return reversed_v4(name.substr(0, name.size() - kV4.size()));
  if (name.ends_with(kV6)) return reversed_v6(name.substr(0, name.size() - kV6.size()));
  return std::nullopt;
}

}  // namespace isle::network::dns
