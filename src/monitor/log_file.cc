#include "monitor/log_file.h"

#include <cerrno>
#include <cstdio>

#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::monitor {

namespace {

// Flushed earlier than the caller asks: a burst of short lines stays in little memory.
constexpr std::size_t kMostPending = 131072;

}  // namespace

Result<void> LogFile::begin() {
  if (file_) return {};
  file_ =
      TRY(kernel::open_file(path_, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat info{};
  if (fstat(file_.get(), &info) != 0) return fail_call(errno, "fstat()");
  size_ = info.st_size;
  return {};
}

void LogFile::add(std::string_view entry) {
  if (limits_.max_size > 0) {
    if (!file_) static_cast<void>(begin());  // tells the size; flush() will say what is wrong
    const auto after = size_ + static_cast<std::int64_t>(pending_.size() + entry.size());
    if (after > limits_.max_size && size_ + static_cast<std::int64_t>(pending_.size()) > 0) {
      flush();
      static_cast<void>(rotate());
    }
  }
  pending_ += entry;
  if (pending_.size() > kMostPending) flush();
}

void LogFile::flush() {
  if (pending_.empty()) return;
  if (const Result<void> written = write_pending(); !written) {
    if (dropped_ == 0) reason_ = written.error().describe();
    dropped_ += static_cast<std::int64_t>(pending_.size());
  }
  pending_ = std::string();
}

// Half a line would damage the next one: what was not written whole is taken back.
Result<void> LogFile::write_pending() {
  TRY(begin());
  const ssize_t count = ::write(file_.get(), pending_.data(), pending_.size());
  if (count == static_cast<ssize_t>(pending_.size())) {
    size_ += count;
    return {};
  }
  const int errnum = count < 0 ? errno : ENOSPC;
  if (count > 0 && ftruncate(file_.get(), size_) != 0) size_ += count;
  return fail_call(errnum, format("write({}, {} bytes)", path_.str(), pending_.size()));
}

Result<void> LogFile::rotate() {
  file_.reset();
  size_ = 0;
  const std::string& name = path_.str();
  for (unsigned i = limits_.max_file - 1; i >= 1; --i) {
    const std::string older = format("{}.{}", name, i);
    const std::string newer = i == 1 ? name : format("{}.{}", name, i - 1);
    if (rename(newer.c_str(), older.c_str()) != 0 && errno != ENOENT) {
      return fail_call(errno, format("rename({}, {})", newer, older));
    }
  }
  if (limits_.max_file == 1 && unlink(name.c_str()) != 0 && errno != ENOENT) {
    return fail_call(errno, format("unlink({})", name));
  }
  return {};
}

std::string LogFile::complaint() const {
  if (dropped_ == 0) return {};
  return format("{} bytes of the container's output are not in its log: {}", dropped_, reason_);
}

}  // namespace isle::monitor
