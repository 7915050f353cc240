#include "image/unpack_program/requests.h"

#include <algorithm>
#include <cstdint>

#include "base/strings.h"

namespace isle::image {

Result<GivenOptions> parse_options(std::span<char*> arguments,
                                   std::span<const std::string_view> switches) {
  GivenOptions options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (std::ranges::find(switches, name) != switches.end()) {
      options.emplace_back(name, "");
      continue;
    }
    if (++i == arguments.size()) {
      return fail(ErrorKind::InvalidArgument, format("{}: no value", name));
    }
    options.emplace_back(name, arguments[i]);
  }
  return options;
}

std::unexpected<Error> unknown_option(std::string_view name) {
  return fail(ErrorKind::InvalidArgument, format("unknown option {}", quoted(name)));
}

Result<IdRange> parse_id_range(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) {
    return fail(ErrorKind::InvalidArgument, format("{} is no id mapping", quoted(text)));
  }
  IdRange range;
  range.inside = static_cast<std::uint32_t>(TRY(parse_uint(parts[0], "id")));
  range.outside = static_cast<std::uint32_t>(TRY(parse_uint(parts[1], "id")));
  range.count = static_cast<std::uint32_t>(TRY(parse_uint(parts[2], "count")));
  return range;
}

Result<oci::Compression> parse_compression(std::string_view text) {
  for (const auto compression :
       {oci::Compression::None, oci::Compression::Gzip, oci::Compression::Zstd}) {
    if (text == oci::to_string(compression)) return compression;
  }
  return fail(ErrorKind::InvalidArgument, format("compression {} is not known", quoted(text)));
}

json::Value sums_json(const BlobWriter::Sums& sums) {
  json::Value value;
  value["ok"] = true;
  value["digest"] = sums.blob.str();
  value["diffId"] = sums.diff.str();
  value["size"] = static_cast<std::int64_t>(sums.blob_size);
  value["diffSize"] = static_cast<std::int64_t>(sums.diff_size);
  return value;
}

}  // namespace isle::image
