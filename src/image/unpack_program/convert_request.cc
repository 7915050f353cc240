// isle-unpack convert: the same bytes in another compression.
#include <unistd.h>

#include <array>

#include "image/unpack_program/blob_stream.h"
#include "image/unpack_program/requests.h"
#include "image/unpack_program/sandbox.h"

namespace isle::image {

Result<json::Value> convert_request(std::span<char*> arguments) {
  constexpr std::array<std::string_view, 1> kSwitches = {"--user"};
  constexpr std::size_t kPiece = 256 << 10;
  Unpacker who = Unpacker::Root;
  oci::Compression compression = oci::Compression::None;
  for (const auto& [name, value] : TRY(parse_options(arguments, kSwitches))) {
    if (name == "--user") {
      who = Unpacker::User;
    } else if (name == "--compression") {
      compression = TRY(parse_compression(value));
    } else {
      return unknown_option(name);
    }
  }
  BlobStream stream = TRY(BlobStream::create(STDIN_FILENO, "sha256", "sha256"));
  BlobWriter writer = TRY(BlobWriter::create(kOutput, compression));
  close_range(kOutput + 1, ~0U, 0);
  const ReadingSandbox sandbox = TRY_STEP(enter_reading_sandbox({}, {}, who), "shut the packer in");
  for (;;) {
    const std::string_view part = TRY(stream.take(kPiece));
    if (part.empty()) break;
    TRY(writer.give(part));
  }
  json::Value value = sums_json(TRY(writer.finish()));
  value["walls"] = sandbox.walls;
  return value;
}

}  // namespace isle::image
