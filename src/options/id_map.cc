// --uidmap and --gidmap: the user namespace's map, line by line.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<oci::IdMapping> parse_mapping(std::string_view text, std::string_view flag) {
  const auto parts = split(text, ':');
  std::uint32_t numbers[3] = {0, 0, 1};
  bool valid = parts.size() == 2 || parts.size() == 3;
  for (std::size_t i = 0; valid && i < parts.size(); ++i) {
    const auto number = parse_uint(parts[i], "");
    valid = number && *number < 0xffffffff;
    if (valid) numbers[i] = static_cast<std::uint32_t>(*number);
  }
  if (valid && numbers[2] > 0) {
    return oci::IdMapping{.container_id = numbers[0], .host_id = numbers[1], .size = numbers[2]};
  }
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is not INSIDE:HOST:SIZE", flag, quoted(text)),
              "such as 0:100000:65536");
}

}  // namespace

const Option kUidmap{
    .flag = {"uidmap",
             0,
             Arity::Value,
             "INSIDE:HOST:SIZE",
             "Map user ids in a user namespace of its own (group ids too, without --gidmap)",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.namespaces.uid_map.push_back(TRY(parse_mapping(value, "uidmap")));
      return {};
    },
    .apply = nullptr,  // --userns
};

const Option kGidmap{
    .flag = {"gidmap",
             0,
             Arity::Value,
             "INSIDE:HOST:SIZE",
             "Map group ids likewise",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.namespaces.gid_map.push_back(TRY(parse_mapping(value, "gidmap")));
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
