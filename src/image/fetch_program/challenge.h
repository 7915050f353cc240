#pragma once
// What a server asks for in "WWW-Authenticate". Source: RFC 9110, 11.2 to 11.6. Whatever is sent,
// the parser reads what it understands and leaves the rest.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace isle::image {

struct Challenge {
  std::string scheme;                             // in lower case: "bearer"
  std::map<std::string, std::string> parameters;  // names in lower case; the first of a name counts

  // "" if absent.
  std::string parameter(const std::string& name) const;
};

std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace isle::image
