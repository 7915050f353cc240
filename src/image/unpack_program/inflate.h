#pragma once
// gzip by ISA-L, which is twice as fast as zlib and checks the trailer's CRC. A gzip file may have
// several members one after the other (RFC 1952, 2.2; pigz and estargz write such).

#include <memory>

#include "image/unpack_program/decoder.h"

struct inflate_state;

namespace isle::image {

class Inflater : public Decoder {
 public:
  Inflater();
  Result<std::string_view> decode(std::string_view& packed, std::span<char> room) override;
  Result<void> check_end() const override;
  std::string_view name() const override { return "gzip"; }

 private:
  struct Free {
    void operator()(inflate_state* state) const;
  };
  std::unique_ptr<inflate_state, Free> state_;
  bool between_members_ = false;
  bool padding_ = false;  // zeros after the last member, as tapes have them

  Result<bool> begin_member(std::string_view& packed);
};

}  // namespace isle::image
