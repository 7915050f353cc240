#pragma once
// A file that grows until it is rotated: log, log.1 (the one before), log.2 ... Made when there is
// something to write, so that a container that says nothing has none.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::monitor {

struct LogLimits {
  std::int64_t max_size = 0;  // bytes; 0: grows for ever
  unsigned max_file = 1;      // so many files, the growing one among them
};

class LogFile {
 public:
  LogFile(HostPath path, LogLimits limits) : path_(std::move(path)), limits_(limits) {}

  // One entry, whole in one file.
  void add(std::string_view entry);
  void flush();
  std::string complaint() const;

 private:
  HostPath path_;
  LogLimits limits_;
  kernel::UniqueFd file_;
  std::int64_t size_ = 0;
  std::string pending_;
  std::int64_t dropped_ = 0;  // bytes
  std::string reason_;        // of the first loss

  Result<void> begin();
  Result<void> write_pending();
  Result<void> rotate();
};

}  // namespace isle::monitor
