#pragma once
// A file that grows until it is rotated: log, log.1 (the one before), log.2 ... Made when there is
// something to write, so that a container that says nothing has none. Those that grow no more can
// be compressed: log.1.gz, by a process that is there just for that, so that what lives as long as
// the container needs neither the code nor the memory.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"
#include "kernel/process.h"

namespace isle::monitor {

struct LogLimits {
  std::int64_t max_size = 0;  // bytes; 0: grows for ever
  unsigned max_file = 1;      // so many files, the growing one among them
  bool compress = false;
};

class LogFile {
 public:
  LogFile(HostPath path, LogLimits limits) : path_(std::move(path)), limits_(limits) {}
  LogFile(LogFile&&) = default;
  LogFile& operator=(LogFile&&) = delete;
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  // Waits until the file before is compressed.
  ~LogFile();

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
  kernel::UniqueFd compressor_;  // pidfd of the one at work
  std::int64_t dropped_ = 0;     // bytes
  std::string reason_;           // of the first loss

  Result<void> begin();
  Result<void> write_pending();
  Result<void> rotate();
  Result<void> shift(unsigned to) const;
  Result<void> compress();
  bool is_compressing();
};

}  // namespace isle::monitor
