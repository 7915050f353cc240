#include "image/unpack_program/blob_writer.h"

#include <utility>

#include "kernel/fd.h"

namespace isle::image {

Result<void> BlobWriter::Exit::give(std::string_view bytes) {
  if (bytes.empty()) return {};
  hash_.add(bytes);
  size_ += bytes.size();
  return kernel::write_all(fd_, bytes);
}

Result<BlobWriter> BlobWriter::create(int fd, oci::Compression compression) {
  Hasher blob = TRY(Hasher::create("sha256"));
  Hasher diff = TRY(Hasher::create("sha256"));
  std::unique_ptr<Compressor> compressor = TRY(make_compressor(compression));
  return BlobWriter(Exit(fd, std::move(blob)), std::move(diff), std::move(compressor));
}

Result<void> BlobWriter::give(std::string_view bytes) {
  diff_hash_.add(bytes);
  diff_size_ += bytes.size();
  return compressor_ ? compressor_->compress(bytes, exit_) : exit_.give(bytes);
}

Result<BlobWriter::Sums> BlobWriter::finish() {
  if (compressor_) TRY(compressor_->end(exit_));
  return Sums{.blob = exit_.digest(),
              .diff = diff_hash_.finish(),
              .blob_size = exit_.size(),
              .diff_size = diff_size_};
}

}  // namespace isle::image
