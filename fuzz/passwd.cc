// /etc/passwd and /etc/group are the image's. Three texts, parted by zero bytes: what --user says,
// and the two files. A name that neither file knows is never root's number.

#include <algorithm>

#include "base/strings.h"
#include "check.h"
#include "options/passwd.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isle;
  const std::vector<std::string_view> parts = split(fuzz::text_of(data, size), '\0');
  const auto part = [&](std::size_t i) {
    return std::string(i < parts.size() ? parts[i] : std::string_view());
  };
  const auto read = [&](const std::string& path) -> Result<std::optional<std::string>> {
    return std::optional(part(path == "/etc/passwd" ? 1 : 2));
  };
  const std::string wanted = part(0);
  const auto user = options::resolve_user(wanted, {}, read);
  if (!user) {
    fuzz::check(!user.error().describe().empty(), "a refusal has words");
    return 0;
  }
  fuzz::check(std::ranges::is_sorted(user->groups), "groups ascend");
  const std::string name = wanted.substr(0, wanted.find(':'));
  const bool zeros = std::ranges::all_of(name, [](char c) { return c == '0' || c == '+'; });
  const bool named = part(1).find(name) != std::string::npos;
  fuzz::check(user->uid != 0 || zeros || named, "nobody becomes root by a slip of parsing");
  return 0;
}
