#pragma once
// DNS messages (RFC 1035) as far as a server of few names needs them: one question is read, answers
// are made. Packets come from containers: nothing in them is trusted. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"

namespace isle::network::dns {

enum class Type : std::uint16_t { A = 1, Ptr = 12, Aaaa = 28 };

struct Question {
  std::string name;        // lower case, without the last dot
  std::uint16_t type = 0;  // may be none of Type
  std::size_t end = 0;     // where the question ends in the packet
  std::size_t room = 512;  // what the asker takes over UDP (EDNS0)
};

// nullopt: not a query with exactly one question of class IN.
std::optional<Question> parse_question(std::string_view packet);

// The question with answers; addresses of the other family are left out. `limit`: what does not
// fit is left out and marked so (TC).
std::string answer(std::string_view packet,
                   const Question& question,
                   const std::vector<IpAddress>& addresses,
                   std::size_t limit);
std::string answer_name(std::string_view packet, const Question& question, const std::string& name);
inline constexpr unsigned kServerFailure = 2, kNoSuchName = 3;
std::string refuse(std::string_view packet, const Question& question, unsigned code);

// "4.3.2.1.in-addr.arpa", or the form of IPv6; nullopt: neither.
std::optional<IpAddress> address_in_name(std::string_view name);

}  // namespace isle::network::dns
