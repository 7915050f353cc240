#pragma once
// One pass over a blob: read → hash → inflate → hash → lend. What the archive reader sees has been
// counted and hashed on the way, so that at the end both digests are known without reading twice.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "image/layer/byte_source.h"
#include "image/unpack_program/hash.h"
#include "image/unpack_program/inflate.h"

namespace isle::image {

class BlobStream : public ByteSource {
 public:
  // `fd` stays the caller's. Digests are of the algorithms named.
  static Result<BlobStream> create(int fd,
                                   std::string_view blob_algorithm,
                                   std::string_view diff_algorithm);

  Result<std::string_view> take(std::size_t most) override;
  // Reads to the end what the archive reader left (padding after the last member counts too).
  Result<void> drain();

  struct Sums {
    oci::Digest blob, diff;
    std::uint64_t blob_size = 0, diff_size = 0;
    std::string_view compression;  // as found: "none" "gzip"
  };
  // After drain; called once.
  Sums finish();

 private:
  BlobStream(int fd, Hasher blob, Hasher diff);

  int fd_;
  Hasher blob_hash_, diff_hash_;
  std::uint64_t blob_size_ = 0, diff_size_ = 0;
  bool started_ = false;
  std::optional<Inflater> inflater_;
  std::vector<char> input_, output_;
  std::string_view packed_;  // read, not yet inflated
  std::string_view plain_;   // inflated, not yet lent

  Result<bool> read_input();
  Result<void> start();
  Result<bool> refill();
};

}  // namespace isle::image
