#pragma once
// What undoes a compression, piece by piece.

#include <span>
#include <string_view>

#include "base/error.h"

namespace isle::image {

class Decoder {
 public:
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual ~Decoder() = default;

  // Decodes from the front of `packed` (which loses what was used) into `room`; the result is a
  // part of `room`, empty when more input is needed.
  virtual Result<std::string_view> decode(std::string_view& packed, std::span<char> room) = 0;
  // Corrupt unless the input ended where a stream may end.
  virtual Result<void> check_end() const = 0;
  virtual std::string_view name() const = 0;  // "gzip", "zstd"
};

}  // namespace isle::image
