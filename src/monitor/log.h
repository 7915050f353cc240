#pragma once
// The container's output as it is kept: cut into lines, each with its time, handed to the driver
// that was asked for. A driver is a file of its own (log_json_file.cc, log_k8s_file.cc ...).
//
// Nothing here waits for a reader, and nothing that goes wrong with a log stops the container: what
// cannot be written is dropped and counted.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "record/container.h"

namespace isle::monitor {

// So long may a line be; a longer one is kept in pieces, as docker does.
inline constexpr std::size_t kMaxLogLine = 16384;

struct LogEntry {
  int stream = 1;         // 1 or 2
  std::string_view text;  // without the newline
  bool complete = true;   // a newline followed it; else the line goes on in the next entry
  std::int64_t time_ns = 0;
};

class LogDriver {
 public:
  LogDriver() = default;
  LogDriver(const LogDriver&) = delete;
  LogDriver& operator=(const LogDriver&) = delete;
  virtual ~LogDriver() = default;

  virtual void add(const LogEntry& entry) = 0;
  // What was added since the last time, at once.
  virtual void flush() = 0;
  // What could not be kept, in words; empty: nothing.
  virtual std::string complaint() const { return {}; }
};

class Log {
 public:
  // No driver: nothing is kept.
  Log() = default;
  explicit Log(std::unique_ptr<LogDriver> driver) : driver_(std::move(driver)) {}

  void write(int stream, std::string_view data);
  // The container has ended: the lines that nobody finished.
  void finish();
  std::string complaint() const { return driver_ ? driver_->complaint() : std::string(); }

 private:
  std::unique_ptr<LogDriver> driver_;
  std::string begun_[2];  // lines whose end has not come

  void take(int stream, std::string_view text, bool complete, std::int64_t now);
};

// InvalidArgument: no such driver, or an option that it does not have.
Result<std::unique_ptr<LogDriver>> make_log_driver(const HostPath& directory,
                                                   const record::Container& container);
// The same check without a container; for those who parse the command line.
Result<void> check_log_config(const record::LogConfig& config);

}  // namespace isle::monitor
