#include "image/unpack_program/blob_stream.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace isle::image {
namespace {
constexpr std::size_t kPiece = 256 << 10;  // fits the L2 cache with its inflated half
}

BlobStream::BlobStream(int fd, Hasher blob, Hasher diff)
    : fd_(fd),
      blob_hash_(std::move(blob)),
      diff_hash_(std::move(diff)),
      input_(kPiece),
      output_(kPiece) {}

Result<BlobStream> BlobStream::create(int fd,
                                      std::string_view blob_algorithm,
                                      std::string_view diff_algorithm) {
  Hasher blob = TRY(Hasher::create(blob_algorithm));
  Hasher diff = TRY(Hasher::create(diff_algorithm));
  return BlobStream(fd, std::move(blob), std::move(diff));
}

// False at the end of the blob.
Result<bool> BlobStream::read_input() {
  ssize_t count = 0;
  do {
    count = read(fd_, input_.data(), input_.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return fail_call(errno, "read(blob)");
  packed_ = {input_.data(), static_cast<std::size_t>(count)};
  blob_hash_.add(packed_);
  blob_size_ += packed_.size();
  return count > 0;
}

// What the first bytes say, since descriptors are known to be wrong about it.
Result<void> BlobStream::start() {
  started_ = true;
  // A pipe may give less than the four bytes the longest mark has.
  std::string first;
  while (first.size() < 4 && TRY(read_input())) first += packed_;
  if (first.size() > packed_.size()) {
    std::ranges::copy(first, input_.begin());
    packed_ = {input_.data(), first.size()};
  }
  if (packed_.starts_with("\x1f\x8b")) inflater_.emplace();
  if (packed_.starts_with("\x28\xb5\x2f\xfd")) {
    return fail(ErrorKind::Unsupported, "layer: zstd compression is not supported yet");
  }
  return {};
}

// False at the end of the plain bytes.
Result<bool> BlobStream::refill() {
  if (!started_) TRY(start());
  for (;;) {
    if (packed_.empty() && !TRY(read_input())) {
      if (inflater_) TRY(inflater_->check_end());
      return false;
    }
    if (!inflater_) {
      plain_ = std::exchange(packed_, {});
      return true;
    }
    plain_ = TRY(inflater_->inflate(packed_, output_));
    if (!plain_.empty()) return true;
  }
}

Result<std::string_view> BlobStream::take(std::size_t most) {
  if (plain_.empty()) {
    if (!TRY(refill())) return std::string_view();
    diff_hash_.add(plain_);
    diff_size_ += plain_.size();
  }
  const std::string_view part = plain_.substr(0, most);
  plain_.remove_prefix(part.size());
  return part;
}

Result<void> BlobStream::drain() {
  while (!TRY(take(kPiece)).empty()) {
  }
  return {};
}

BlobStream::Sums BlobStream::finish() {
  return {.blob = blob_hash_.finish(),
          .diff = diff_hash_.finish(),
          .blob_size = blob_size_,
          .diff_size = diff_size_,
          .compression = inflater_ ? "gzip" : "none"};
}

}  // namespace isle::image
