// gzip by ISA-L, which is several times as fast as zlib, and zstd by its own library. Both give the
// same bytes for the same input: one thread, no time, no name.
#include <vector>

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include "base/strings.h"
#include "image/unpack_program/blob_writer.h"

namespace isle::image {
namespace {

constexpr std::size_t kPiece = 128 << 10;

class Gzip : public Compressor {
 public:
  Gzip() : stream_(new isal_zstream), level_(ISAL_DEF_LVL2_LARGE), room_(kPiece) {
    isal_deflate_init(stream_.get());
    stream_->gzip_flag = IGZIP_GZIP;
    stream_->level = 2;
    stream_->level_buf = level_.data();
    stream_->level_buf_size = static_cast<std::uint32_t>(level_.size());
  }

  Result<void> compress(std::string_view plain, ByteSink& out) override {
    while (!plain.empty()) {
      const std::string_view part = plain.substr(0, kPiece);
      plain.remove_prefix(part.size());
      TRY(push(part, out));
    }
    return {};
  }
  Result<void> end(ByteSink& out) override {
    stream_->end_of_stream = 1;
    return push({}, out);
  }

 private:
  std::unique_ptr<isal_zstream> stream_;
  std::vector<std::uint8_t> level_;
  std::vector<char> room_;

  Result<void> push(std::string_view part, ByteSink& out) {
    stream_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(part.data()));
    stream_->avail_in = static_cast<std::uint32_t>(part.size());
    do {
      stream_->next_out = reinterpret_cast<std::uint8_t*>(room_.data());
      stream_->avail_out = static_cast<std::uint32_t>(room_.size());
      const int status = isal_deflate(stream_.get());
      if (status != COMP_OK) {
        return fail(ErrorKind::Internal, format("gzip: ISA-L status {}", status));
      }
      TRY(out.give({room_.data(), room_.size() - stream_->avail_out}));
    } while (stream_->avail_out == 0 || stream_->avail_in > 0);
    return {};
  }
};

class Zstd : public Compressor {
 public:
  Zstd() : context_(ZSTD_createCCtx()), room_(ZSTD_CStreamOutSize()) {
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }
  bool works() const { return context_ != nullptr; }

  Result<void> compress(std::string_view plain, ByteSink& out) override {
    return push(plain, ZSTD_e_continue, out);
  }
  Result<void> end(ByteSink& out) override { return push({}, ZSTD_e_end, out); }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_;
  std::vector<char> room_;

  Result<void> push(std::string_view plain, ZSTD_EndDirective how, ByteSink& out) {
    ZSTD_inBuffer input{.src = plain.data(), .size = plain.size(), .pos = 0};
    for (;;) {
      ZSTD_outBuffer output{.dst = room_.data(), .size = room_.size(), .pos = 0};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &output, &input, how);
      if (ZSTD_isError(left) != 0) {
        return fail(ErrorKind::Internal, format("zstd: {}", ZSTD_getErrorName(left)));
      }
      TRY(out.give({room_.data(), output.pos}));
      if (how == ZSTD_e_end ? left == 0 : input.pos == input.size) return {};
    }
  }
};

}  // namespace

Result<std::unique_ptr<Compressor>> make_compressor(oci::Compression compression) {
  std::unique_ptr<Compressor> made;
  if (compression == oci::Compression::Gzip) made = std::make_unique<Gzip>();
  if (compression == oci::Compression::Zstd) {
    auto zstd = std::make_unique<Zstd>();
    if (!zstd->works()) return fail(ErrorKind::Internal, "zstd: no context");
    made = std::move(zstd);
  }
  return made;
}

}  // namespace isle::image
