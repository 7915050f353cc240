#pragma once
// Locks of the store: one for each layer and blob that somebody works on, never one for the store
// across input and output; readers take none. flock(2): the kernel lets go when the holder ends,
// however it ends.

#include <optional>
#include <string>

#include "base/error.h"
#include "image/store.h"
#include "kernel/fd.h"

namespace isle::image {

// "layer-HEX", "blob-HEX".
std::string layer_lock_name(std::string_view hex);
std::string blob_lock_name(const oci::Digest& digest);

class StoreLock {
 public:
  // nullopt: somebody else has it.
  static Result<std::optional<StoreLock>> try_take(const Store& store, const std::string& name);
  // Waits; Timeout, after five minutes, says who has it. `what` is for that message: "layer 0123".
  static Result<StoreLock> take(const Store& store,
                                const std::string& name,
                                const std::string& what);

  int fd() const { return file_.get(); }
  // Also removes the lock's file: for who removes what it protects.
  void remove(const Store& store, const std::string& name);

 private:
  kernel::UniqueFd file_;
  explicit StoreLock(kernel::UniqueFd file) : file_(std::move(file)) {}
};

// The error of having waited too long.
std::unexpected<Error> lock_timeout(const Store& store,
                                    const std::string& name,
                                    const std::string& what);
inline constexpr int kLockSeconds = 300;

}  // namespace isle::image
