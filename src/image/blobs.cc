#include "image/blobs.h"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/unpacker.h"

namespace isle::image {
namespace {

constexpr std::size_t kMaxDocument = 4 << 20;  // what registries accept, too

std::string name_of(const oci::Descriptor& descriptor) {
  return format("blob {}", descriptor.digest.short_hex());
}

Result<void> copy_bytes(int from, int to) {
  if (lseek(from, 0, SEEK_SET) < 0) return fail_call(errno, "lseek(blob)");
  for (;;) {
    // Shares the extents where the file system can.
    const ssize_t count = copy_file_range(from, nullptr, to, nullptr, std::size_t{1} << 30, 0);
    if (count == 0) break;
    if (count > 0) continue;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS) {
      return fail_call(errno, "copy_file_range(blob)");
    }
    char piece[64 << 10];
    const ssize_t read_now = read(from, piece, sizeof piece);
    if (read_now < 0) return fail_call(errno, "read(blob)");
    if (read_now == 0) break;
    TRY(kernel::write_all(to, {piece, static_cast<std::size_t>(read_now)}));
  }
  return {};
}

}  // namespace

bool has_blob(const Store& store, const oci::Descriptor& descriptor) {
  struct stat found{};
  return stat(store.blob_file(descriptor.digest).c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
         found.st_size == descriptor.size;
}

Result<kernel::UniqueFd> open_blob(const Store& store, const oci::Descriptor& descriptor) {
  kernel::UniqueFd blob =
      TRY(kernel::open_if_exists(store.blob_file(descriptor.digest), O_RDONLY | O_NOFOLLOW));
  if (!blob) {
    return fail(ErrorKind::NotFound,
                format("{} is not in the store", name_of(descriptor)),
                "pull the image again to have it");
  }
  struct stat found{};
  if (fstat(blob.get(), &found) != 0)
    return fail_call(errno, format("stat({})", name_of(descriptor)));
  if (found.st_size == descriptor.size) return blob;
  return fail(ErrorKind::Corrupt,
              format("{} has {} bytes in the store, not {}",
                     name_of(descriptor),
                     found.st_size,
                     descriptor.size),
              "isle system check --repair removes it; then pull the image again");
}

Result<std::string> read_blob(const Store& store, const oci::Descriptor& descriptor) {
  const kernel::UniqueFd blob = TRY(open_blob(store, descriptor));
  return TRY_STEP(kernel::read_all(blob.get(), kMaxDocument), name_of(descriptor));
}

Result<void> put_blob(const Store& store, const oci::Digest& digest, std::string_view bytes) {
  const oci::Descriptor descriptor{.digest = digest, .size = std::ssize(bytes)};
  if (has_blob(store, descriptor)) return {};
  StagedBlob staged = TRY(StagedBlob::create(store));
  TRY(kernel::write_all(staged.fd(), bytes));
  return staged.publish(store, digest);
}

Result<void> copy_blob(const Store& store, const oci::Descriptor& descriptor, int from) {
  if (has_blob(store, descriptor)) return {};
  StagedBlob staged = TRY(StagedBlob::create(store));
  TRY(copy_bytes(from, staged.fd()));
  if (lseek(staged.fd(), 0, SEEK_SET) < 0) return fail_call(errno, "lseek(blob)");
  TRY(check_digest(staged.fd(), descriptor.digest));
  return staged.publish(store, descriptor.digest);
}

// The lock tells a cleaner that somebody writes it (gc.cc).
Result<StagedBlob> StagedBlob::create(const Store& store) {
  static std::atomic<unsigned> count = 0;
  StagedBlob staged;
  staged.directory_ = TRY(store.directory("staging"));
  std::string name = format("blob.{}.{}", getpid(), ++count);
  // What a process of our id left that is no more.
  unlinkat(staged.directory_.get(), name.c_str(), 0);
  constexpr int kFlags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
  staged.file_ = TRY(kernel::open_at(staged.directory_.get(), name, kFlags, 0600));
  staged.name_ = std::move(name);
  if (flock(staged.fd(), LOCK_EX | LOCK_NB) != 0) return fail_call(errno, "flock(blob)");
  return staged;
}

StagedBlob::~StagedBlob() {
  if (directory_ && !name_.empty()) unlinkat(directory_.get(), name_.c_str(), 0);
}

Result<void> StagedBlob::publish(const Store& store, const oci::Digest& digest) {
  const kernel::UniqueFd blobs = TRY(store.directory(format("blobs/{}", digest.algorithm())));
  if (fsync(file_.get()) != 0) return fail_call(errno, "fsync(blob)");
  const std::string name(digest.hex());
  if (renameat(directory_.get(), name_.c_str(), blobs.get(), name.c_str()) != 0) {
    return fail_call(errno, format("rename(blob {})", digest.short_hex()));
  }
  name_.clear();
  if (fsync(blobs.get()) != 0) return fail_call(errno, "fsync(blobs)");
  return {};
}

}  // namespace isle::image
