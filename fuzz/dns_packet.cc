// A packet that a container sends to isle-dns: no crash, and what is answered is a question of the
// same number to whoever reads it, never longer than was allowed.

#include <algorithm>
#include <string>
#include <vector>

#include "check.h"
#include "network/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace dns = isle::network::dns;
  using isle::fuzz::check;
  const std::string_view packet = isle::fuzz::text_of(data, size);
  const auto question = dns::parse_question(packet);
  if (!question) return 0;
  check(question->end <= packet.size(), "the question ends in the packet");
  std::vector<isle::IpAddress> addresses(300, isle::IpAddress());
  addresses.push_back(isle::IpAddress::any_v6());
  const std::string whole = dns::answer(packet, *question, addresses, 65535);
  const std::string cut = dns::answer(packet, *question, addresses, question->room);
  const std::string refusal = dns::refuse(packet, *question, dns::kNoSuchName);
  const std::string name = dns::answer_name(packet, *question, "web.lan");
  check(cut.size() <= std::max<std::size_t>(question->room, question->end), "it fits");
  for (const std::string* reply : {&whole, &cut, &refusal, &name}) {
    check(reply->size() >= 12, "there is a header");
    check(std::string_view(*reply).substr(0, 2) == packet.substr(0, 2), "the number stays");
    check((static_cast<unsigned char>((*reply)[2]) & 0x80U) != 0, "it is an answer");
  }
  static_cast<void>(dns::address_in_name(question->name));
  return 0;
}
