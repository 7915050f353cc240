#pragma once
// Why: users and groups are looked up in the container's own files, whose text is the image's and
// so not trusted: no NSS, no host files, and a number is a number only as a whole (a uid that was
// parsed by halves once ran as root). passwd(5), group(5).

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace isle::options {

// A file inside; nullopt when it is absent.
using ReadInside = std::function<Result<std::optional<std::string>>(const std::string& path)>;

struct ResolvedUser {
  std::uint32_t uid = 0, gid = 0;
  std::vector<std::uint32_t> groups;  // supplementary, ascending
  std::string home = "/";
};

// `user` is "", "name", "uid", "name:group", "uid:gid" ...; `extra` are --group-add's names or
// numbers. A number needs no entry. InvalidArgument names an unknown user or group.
Result<ResolvedUser> resolve_user(std::string_view user,
                                  const std::vector<std::string>& extra,
                                  const ReadInside& read);

}  // namespace isle::options
