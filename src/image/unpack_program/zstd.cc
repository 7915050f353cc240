#include "image/unpack_program/zstd.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "base/strings.h"

namespace isle::image {

void ZstdDecoder::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

// libzstd's own limit for windows (128 MiB) stays: larger ones want our memory.
ZstdDecoder::ZstdDecoder() : context_(ZSTD_createDCtx()) {}

Result<std::string_view> ZstdDecoder::decode(std::string_view& packed, std::span<char> room) {
  ZSTD_inBuffer input{.src = packed.data(), .size = packed.size(), .pos = 0};
  ZSTD_outBuffer output{.dst = room.data(), .size = room.size(), .pos = 0};
  while (output.pos == 0 && (input.pos < input.size || holds_output_)) {
    const std::size_t status = ZSTD_decompressStream(context_.get(), &output, &input);
    if (ZSTD_isError(status) != 0U) {
      if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge) {
        return fail(ErrorKind::Unsupported,
                    "zstd: the data asks for more than 128 MiB of memory",
                    "pack it without --long");
      }
      return fail(ErrorKind::Corrupt, format("zstd: damaged data ({})", ZSTD_getErrorName(status)));
    }
    between_frames_ = status == 0;
    holds_output_ = output.pos == output.size;
  }
  packed.remove_prefix(input.pos);
  return std::string_view(room.data(), output.pos);
}

Result<void> ZstdDecoder::check_end() const {
  if (between_frames_) return {};
  return fail(ErrorKind::Corrupt, "zstd: the data ends early");
}

}  // namespace isle::image
