#include "image/unpack_program/blob_stream.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "image/unpack_program/inflate.h"
#include "image/unpack_program/zstd.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

constexpr std::size_t kPiece = 256 << 10;  // fits the L2 cache with its decoded half

Result<std::size_t> read_some(int fd, std::span<char> room) {
  ssize_t count = 0;
  do {
    count = read(fd, room.data(), room.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return fail_call(errno, "read(blob)");
  return static_cast<std::size_t>(count);
}

// A frame, or a skippable one: 0x184D2A50 and the 15 numbers after it, least byte first.
bool is_zstd(std::string_view first) {
  return first.starts_with("\x28\xb5\x2f\xfd") ||
         (first.size() >= 4 && (static_cast<unsigned char>(first[0]) & 0xf0U) == 0x50 &&
          first.substr(1, 3) == "\x2a\x4d\x18");
}

}  // namespace

BlobStream::BlobStream(int fd, int partial, Hasher blob, Hasher diff)
    : fd_(fd),
      partial_(partial),
      rereading_(partial >= 0),
      blob_hash_(std::move(blob)),
      diff_hash_(std::move(diff)),
      input_(kPiece),
      output_(kPiece) {}

Result<BlobStream> BlobStream::create(int fd,
                                      std::string_view blob_algorithm,
                                      std::string_view diff_algorithm,
                                      int partial) {
  Hasher blob = TRY(Hasher::create(blob_algorithm));
  Hasher diff = TRY(Hasher::create(diff_algorithm));
  return BlobStream(fd, partial, std::move(blob), std::move(diff));
}

// False at the end of the blob.
Result<bool> BlobStream::read_input() {
  std::size_t count = 0;
  if (rereading_) {
    count = TRY(read_some(partial_, input_));
    rereading_ = count > 0;
  }
  if (!rereading_) {
    count = TRY(read_some(fd_, input_));
    if (partial_ >= 0)
      TRY_STEP(kernel::write_all(partial_, {input_.data(), count}), "keep the blob");
  }
  packed_ = {input_.data(), count};
  blob_hash_.add(packed_);
  blob_size_ += packed_.size();
  input_ended_ = count == 0;
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
  if (packed_.starts_with("\x1f\x8b")) {
    decoder_ = std::make_unique<Inflater>();
  } else if (is_zstd(packed_)) {
    decoder_ = std::make_unique<ZstdDecoder>();
  }
  return {};
}

// False at the end of the plain bytes.
Result<bool> BlobStream::refill() {
  if (!started_) TRY(start());
  for (;;) {
    const bool ended = packed_.empty() && !TRY(read_input());
    if (!decoder_) {
      if (ended) return false;
      plain_ = std::exchange(packed_, {});
      return true;
    }
    plain_ = TRY(decoder_->decode(packed_, output_));
    if (!plain_.empty()) return true;
    if (!ended) continue;
    TRY(decoder_->check_end());
    return false;
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
          .compression = decoder_ ? decoder_->name() : "none"};
}

}  // namespace isle::image
