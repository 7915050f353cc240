#pragma once
// What isle-unpack is asked for besides unpacking: a file each. The reply is the JSON it prints.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "image/layer/applier.h"
#include "image/layer/pack.h"
#include "image/unpack_program/blob_writer.h"
#include "oci/media_type.h"

namespace isle::image {

// Where packed bytes go.
inline constexpr int kOutput = 3;

// "--name value", or the "--name" of a switch (its value is empty).
using GivenOptions = std::vector<std::pair<std::string_view, std::string_view>>;
Result<GivenOptions> parse_options(std::span<char*> arguments,
                                   std::span<const std::string_view> switches);
std::unexpected<Error> unknown_option(std::string_view name);
Result<oci::Compression> parse_compression(std::string_view text);
// {"ok":true,"digest":...,"diffId":...,"size":...,"diffSize":...}
json::Value sums_json(const BlobWriter::Sums& sums);

// "0:268435456:65536": inside, outside, count.
Result<IdRange> parse_id_range(std::string_view text);

Result<json::Value> extract_request(std::span<char*> arguments);
Result<json::Value> compress_file_request(std::span<char*> arguments);
Result<json::Value> pack_request(std::span<char*> arguments);
Result<json::Value> convert_request(std::span<char*> arguments);
Result<json::Value> split_request(std::span<char*> arguments);

}  // namespace isle::image
