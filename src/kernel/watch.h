#pragma once
// Why: sleeping until something changes in a directory, inotify(7), instead of looking at it again
// and again.

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::kernel {

class Watch {
 public:
  static Result<Watch> create();
  // Its files: written, made, renamed, removed.
  Result<void> add_directory(const HostPath& directory);
  // Until something has happened, at most so many ms; -1: as long as it takes.
  Result<void> wait(int most_ms);

 private:
  explicit Watch(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace isle::kernel
