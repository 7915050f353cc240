#include "image/lease.h"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/entries.h"

namespace isle::image {

// Before it is locked others take it for a dead one's, and away: then it is made once more.
Result<Lease> Lease::take(const Store& store) {
  static std::atomic<unsigned> count = 0;
  constexpr int kFlags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW;
  const kernel::UniqueFd directory = TRY(store.directory("leases"));
  for (;;) {
    const std::string name = format("{}.{}", getpid(), ++count);
    kernel::UniqueFd file = TRY(kernel::open_at(directory.get(), name, kFlags, 0600));
    const bool is_locked = flock(file.get(), LOCK_EX | LOCK_NB) == 0;
    if (!is_locked && errno != EWOULDBLOCK) return fail_call(errno, "flock(lease)");
    struct stat look{};
    if (fstat(file.get(), &look) != 0) return fail_call(errno, "fstat(lease)");
    if (!is_locked || look.st_nlink == 0) continue;
    Lease lease;
    lease.path_ = store.root() / "leases" / name;
    lease.file_ = std::move(file);
    return lease;
  }
}

Lease::~Lease() {
  if (file_) unlink(path_.c_str());
}

Result<void> Lease::keep(const oci::Digest& digest) {
  return kernel::write_all(file_.get(), format("{}\n", digest.hex()));
}

Result<void> Lease::keep_all() { return kernel::write_all(file_.get(), "all\n"); }

Result<Leased> read_leases(const Store& store) {
  Leased leased;
  for (const std::string& name : TRY(entries_of(store.root() / "leases"))) {
    const HostPath path = store.root() / "leases" / name;
    const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDWR));
    if (!file) continue;
    if (flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      unlink(path.c_str());
      continue;
    }
    const std::string text = TRY(kernel::read_all(file.get()));
    for (const std::string_view line : split(text, '\n')) {
      if (line == "all") leased.all = true;
      if (!line.empty()) leased.hexes.emplace(line);
    }
  }
  return leased;
}

}  // namespace isle::image
