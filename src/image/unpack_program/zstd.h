#pragma once
// zstd by libzstd. A file may have several frames one after the other, some of them skippable
// (RFC 8878, 3.1; zstd:chunked and pzstd write such).

#include <memory>

#include "image/unpack_program/decoder.h"

struct ZSTD_DCtx_s;

namespace isle::image {

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder();
  Result<std::string_view> decode(std::string_view& packed, std::span<char> room) override;
  Result<void> check_end() const override;
  std::string_view name() const override { return "zstd"; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  bool between_frames_ = false;
  bool holds_output_ = false;  // the room was full: more may come without input
};

}  // namespace isle::image
