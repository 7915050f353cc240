#include "image/unpack_program/inflate.h"

#include <algorithm>

#include <isa-l/igzip_lib.h>

#include "base/strings.h"

namespace isle::image {

void Inflater::Free::operator()(inflate_state* state) const { delete state; }

Inflater::Inflater() : state_(new inflate_state) {
  isal_inflate_init(state_.get());
  state_->crc_flag = ISAL_GZIP;
}

// False if only padding is left of `packed`.
Result<bool> Inflater::begin_member(std::string_view& packed) {
  if (packed.front() == '\0') padding_ = true;
  if (padding_) {
    if (std::ranges::any_of(packed, [](char c) { return c != '\0'; })) {
      return fail(ErrorKind::Corrupt, "gzip: garbage after the end");
    }
    packed = {};
    return false;
  }
  isal_inflate_reset(state_.get());
  state_->crc_flag = ISAL_GZIP;
  between_members_ = false;
  return true;
}

Result<std::string_view> Inflater::decode(std::string_view& packed, std::span<char> room) {
  if (between_members_ && packed.empty()) return std::string_view();
  if (between_members_ && !TRY(begin_member(packed))) return std::string_view();
  state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(packed.data()));
  state_->avail_in = static_cast<std::uint32_t>(packed.size());
  state_->next_out = reinterpret_cast<std::uint8_t*>(room.data());
  state_->avail_out = static_cast<std::uint32_t>(room.size());
  const int status = isal_inflate(state_.get());
  if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT) {
    return fail(ErrorKind::Corrupt, format("gzip: damaged data (ISA-L status {})", status));
  }
  packed.remove_prefix(packed.size() - state_->avail_in);
  between_members_ = state_->block_state == ISAL_BLOCK_FINISH;
  return std::string_view(room.data(), room.size() - state_->avail_out);
}

Result<void> Inflater::check_end() const {
  if (between_members_) return {};
  return fail(ErrorKind::Corrupt, "gzip: the data ends early");
}

}  // namespace isle::image
