#pragma once
// The log of one container, read from its beginning, or from its last lines, to where it is being
// written now, across the files it was rotated into. Files are read in pieces: logs are large.

#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <string>

#include "engine/log_lines.h"
#include "engine/paths.h"
#include "kernel/fd.h"
#include "record/container.h"

namespace isle::engine {

class LogReader {
 public:
  using Each = std::function<void(const LogLine&)>;

  // Unsupported: a driver whose logs are not ours to read. `tail`: so many lines from the end.
  static Result<LogReader> open(const Paths& paths,
                                const record::Container& container,
                                std::optional<std::uint64_t> tail);

  // What is there and was not read yet. True: it was something.
  Result<bool> read(const Each& each);

 private:
  LogReader(HostPath path, bool k8s) : path_(std::move(path)), k8s_(k8s) {}

  HostPath path_;  // of the file that is written to
  bool k8s_;
  kernel::UniqueFd file_;
  // The file on the disk that is read now: a compressed one is read from memory.
  struct Origin {
    std::uint64_t device = 0, inode = 0;
    timespec modified{};
    bool compressed = false;
  };
  Origin origin_;
  std::string begun_;  // a line whose end was not there yet

  Result<void> begin(std::optional<std::uint64_t> tail);
  Result<bool> read_file_on(const Each& each);
  Result<bool> next_file();
  void take(std::string_view data, const Each& each);
  void take_line(std::string_view line, const Each& each);
  HostPath file_name(unsigned number) const;
  Result<bool> open_number(unsigned number);
  Result<bool> open_compressed(unsigned number);
  Result<void> remember(int file, bool compressed);
  bool is_here(unsigned number) const;
};

}  // namespace isle::engine
