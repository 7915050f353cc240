#include "image/lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::image {
namespace {

Result<void> write_holder(int file) {
  const std::string text = format("{}\n", getpid());
  if (ftruncate(file, 0) != 0 || pwrite(file, text.data(), text.size(), 0) < 0) {
    return fail_call(errno, "write(lock)");
  }
  return {};
}

// A cleaner may have removed the file between our open and our flock; then it protects nothing.
bool is_still_named(int file, int directory, const std::string& name) {
  struct stat ours{};
  struct stat named{};
  return fstat(file, &ours) == 0 &&
         fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

}  // namespace

std::string layer_lock_name(std::string_view hex) { return format("layer-{}", hex); }
std::string blob_lock_name(const oci::Digest& digest) { return format("blob-{}", digest.hex()); }

Result<std::optional<StoreLock>> StoreLock::try_take(const Store& store, const std::string& name) {
  const kernel::UniqueFd directory = TRY(store.directory("locks"));
  for (;;) {
    kernel::UniqueFd file = TRY(kernel::open_at(directory.get(), name, O_RDWR | O_CREAT, 0600));
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      return fail_call(errno, format("flock({})", name));
    }
    if (!is_still_named(file.get(), directory.get(), name)) continue;
    TRY(write_holder(file.get()));
    return StoreLock(std::move(file));
  }
}

Result<StoreLock> StoreLock::take(const Store& store,
                                  const std::string& name,
                                  const std::string& what) {
  constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 20'000'000};
  for (int turn = 0; turn < kLockSeconds * 50; ++turn) {
    std::optional<StoreLock> lock = TRY(try_take(store, name));
    if (lock) return std::move(*lock);
    nanosleep(&kPause, nullptr);
  }
  return lock_timeout(store, name, what);
}

void StoreLock::remove(const Store& store, const std::string& name) {
  unlink((store.root() / "locks" / name).c_str());
  file_.reset();
}

std::unexpected<Error> lock_timeout(const Store& store,
                                    const std::string& name,
                                    const std::string& what) {
  const Result<std::string> text = kernel::read_file(store.root() / "locks" / name, 64);
  return fail(ErrorKind::Timeout,
              format("{} is being worked on by process {} for more than {} s",
                     what,
                     text ? trim(*text) : std::string_view("unknown"),
                     kLockSeconds),
              "look whether that process is stopped; the lock ends with it");
}

}  // namespace isle::image
