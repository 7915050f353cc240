#pragma once
// The other direction of blob_stream.h: plain bytes → hash → compress → hash → descriptor. Both
// digests are known at the end, and nothing is read twice.

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "image/layer/byte_sink.h"
#include "image/unpack_program/hash.h"
#include "oci/digest.h"
#include "oci/media_type.h"

namespace isle::image {

// What bytes go through on their way out.
class Compressor {
 public:
  virtual ~Compressor() = default;
  // All of `plain`; what comes of it goes to `out`.
  virtual Result<void> compress(std::string_view plain, ByteSink& out) = 0;
  virtual Result<void> end(ByteSink& out) = 0;
};
// Gzip by ISA-L, without name and time; Zstd at its level 3; none is a null pointer.
Result<std::unique_ptr<Compressor>> make_compressor(oci::Compression compression);

class BlobWriter : public ByteSink {
 public:
  // `fd` stays the caller's. Digests are SHA-256.
  static Result<BlobWriter> create(int fd, oci::Compression compression);

  Result<void> give(std::string_view bytes) override;

  struct Sums {
    oci::Digest blob, diff;
    std::uint64_t blob_size = 0, diff_size = 0;
  };
  // Called once.
  Result<Sums> finish();

 private:
  // What leaves: counted, hashed, written.
  class Exit : public ByteSink {
   public:
    Exit(int fd, Hasher hash) : fd_(fd), hash_(std::move(hash)) {}
    Result<void> give(std::string_view bytes) override;
    oci::Digest digest() { return hash_.finish(); }
    std::uint64_t size() const { return size_; }

   private:
    int fd_;
    Hasher hash_;
    std::uint64_t size_ = 0;
  };

  BlobWriter(Exit exit, Hasher diff, std::unique_ptr<Compressor> compressor)
      : exit_(std::move(exit)), diff_hash_(std::move(diff)), compressor_(std::move(compressor)) {}

  Exit exit_;
  Hasher diff_hash_;
  std::unique_ptr<Compressor> compressor_;
  std::uint64_t diff_size_ = 0;
};

}  // namespace isle::image
