#pragma once
// One pass over a blob: read → keep → hash → decode → hash → lend. What the archive reader sees has
// been counted and hashed on the way, so that at the end both digests are known without reading
// twice.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/error.h"
#include "image/layer/byte_source.h"
#include "image/unpack_program/decoder.h"
#include "image/unpack_program/hash.h"

namespace isle::image {

class BlobStream : public ByteSource {
 public:
  // The fds stay the caller's. `partial`, if not -1, is a file with the blob's beginning: it is
  // read first, and what comes from `fd` is appended to it. Digests are of the algorithms named.
  static Result<BlobStream> create(int fd,
                                   std::string_view blob_algorithm,
                                   std::string_view diff_algorithm,
                                   int partial = -1);

  Result<std::string_view> take(std::size_t most) override;
  // Reads to the end what the archive reader left (padding after the last member counts too).
  Result<void> drain();

  // Whether the end of the input was seen: what failed before had another reason than a short blob.
  bool input_ended() const { return input_ended_; }

  struct Sums {
    oci::Digest blob, diff;
    std::uint64_t blob_size = 0, diff_size = 0;
    std::string_view compression;  // as found: "none" "gzip" "zstd"
  };
  // After drain; called once.
  Sums finish();

 private:
  BlobStream(int fd, int partial, Hasher blob, Hasher diff);

  int fd_;
  int partial_;
  bool rereading_;  // what is kept in partial_
  Hasher blob_hash_, diff_hash_;
  std::uint64_t blob_size_ = 0, diff_size_ = 0;
  bool started_ = false, input_ended_ = false;
  std::unique_ptr<Decoder> decoder_;
  std::vector<char> input_, output_;
  std::string_view packed_;  // read, not yet decoded
  std::string_view plain_;   // decoded, not yet lent

  Result<bool> read_input();
  Result<void> start();
  Result<bool> refill();
};

}  // namespace isle::image
