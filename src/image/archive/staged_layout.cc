#include "image/archive/staged_layout.h"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/layer/unpacker.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

constexpr int kFresh = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

}  // namespace

// The lock tells a cleaner that somebody works in it.
Result<StagedLayout> StagedLayout::create(const Store& store) {
  static std::atomic<unsigned> count = 0;
  StagedLayout layout;
  layout.staging_ = TRY(store.directory("staging"));
  const std::string name = format("archive.{}.{}", getpid(), ++count);
  TRY(kernel::remove_tree(layout.staging_.get(), name));
  layout.name_ = name;
  layout.path_ = store.root() / "staging" / name;
  layout.directory_ = TRY(store.directory("staging/" + name));
  if (flock(layout.directory_.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail_call(errno, "flock(archive)");
  }
  TRY(store.directory("staging/" + name + "/blobs/sha256"));
  return layout;
}

StagedLayout::~StagedLayout() {
  if (staging_ && !name_.empty()) static_cast<void>(kernel::remove_tree(staging_.get(), name_));
}

Result<oci::Descriptor> StagedLayout::add_document(std::string_view media_type,
                                                   std::string_view bytes) {
  oci::Descriptor descriptor{.media_type = std::string(media_type),
                             .digest = TRY(digest_of(bytes)),
                             .size = std::ssize(bytes)};
  const HostPath file = blobs() / descriptor.digest.hex();
  TRY(kernel::replace_file(file, bytes, 0600, false));
  return descriptor;
}

Result<void> StagedLayout::add_blob(const oci::Digest& digest, int from) {
  if (digest.algorithm() != "sha256") {
    return fail(ErrorKind::Unsupported, format("blob {}: only sha256 is supported", digest.str()));
  }
  const HostPath path = blobs() / digest.hex();
  if (access(path.c_str(), F_OK) == 0) return {};
  const kernel::UniqueFd file = TRY(kernel::open_file(path, kFresh, 0600));
  std::string piece(std::size_t{256} << 10, '\0');
  for (;;) {
    const ssize_t count = read(from, piece.data(), piece.size());
    if (count < 0) return fail_call(errno, format("read(blob {})", digest.short_hex()));
    if (count == 0) return {};
    TRY(kernel::write_all(file.get(), {piece.data(), static_cast<std::size_t>(count)}));
  }
}

Result<kernel::UniqueFd> StagedLayout::open_blob(const oci::Digest& digest) const {
  return kernel::open_file(blobs() / digest.hex(), O_RDONLY | O_NOFOLLOW);
}

Result<void> StagedLayout::finish() {
  TRY(kernel::replace_file(path_ / "oci-layout", json::write(oci::write_layout()), 0600, false));
  return kernel::replace_file(path_ / "index.json", json::write(oci::write_index({})), 0600, false);
}

}  // namespace isle::image
