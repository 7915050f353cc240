#include "monitor/log_file.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
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
    const bool is_full =
        after > limits_.max_size && size_ + static_cast<std::int64_t>(pending_.size()) > 0;
    // Nobody waits for a compressor: until it is done this one grows on.
    if (is_full && !is_compressing()) {
      flush();
      static_cast<void>(rotate());
    }
  }
  pending_ += entry;
  if (pending_.size() > kMostPending) flush();
}

void LogFile::flush() {
  static_cast<void>(is_compressing());  // reaped as soon as there is an occasion
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

// A number is a plain file or a compressed one; what had it before is gone.
Result<void> LogFile::shift(unsigned to) const {
  const std::string older = format("{}.{}", path_.str(), to);
  const std::string newer = to == 1 ? path_.str() : format("{}.{}", path_.str(), to - 1);
  if (limits_.compress) unlink((older + ".gz").c_str());
  if (rename(newer.c_str(), older.c_str()) != 0) {
    if (errno != ENOENT) return fail_call(errno, format("rename({}, {})", newer, older));
    if (limits_.compress) unlink(older.c_str());
  }
  if (!limits_.compress || to == 1) return {};
  if (rename((newer + ".gz").c_str(), (older + ".gz").c_str()) != 0 && errno != ENOENT) {
    return fail_call(errno, format("rename({}.gz, {}.gz)", newer, older));
  }
  return {};
}

Result<void> LogFile::rotate() {
  file_.reset();
  size_ = 0;
  const std::string& name = path_.str();
  for (unsigned i = limits_.max_file - 1; i >= 1; --i) TRY(shift(i));
  if (limits_.max_file == 1 && unlink(name.c_str()) != 0 && errno != ENOENT) {
    return fail_call(errno, format("unlink({})", name));
  }
  return limits_.compress ? compress() : Result<void>();
}

// If it cannot be done the file stays as it is, which readers take as well.
Result<void> LogFile::compress() {
  const std::string& name = path_.str();
  const std::size_t slash = name.rfind('/');
  const kernel::UniqueFd directory =
      TRY(kernel::open_file(HostPath(name.substr(0, slash)), O_RDONLY | O_DIRECTORY));
  kernel::SpawnRequest request;
  request.program = TRY(kernel::program_directory()) / "isle-unpack";
  request.arguments = {"isle-unpack", "compress-file", name.substr(slash + 1) + ".1"};
  request.fds = {{.from = -1, .to = 0},
                 {.from = -1, .to = 1},
                 {.from = -1, .to = 2},
                 {.from = directory.get(), .to = 3}};
  kernel::ChildProcess child = TRY(kernel::spawn(request));
  compressor_ = std::move(child.pidfd);
  return {};
}

bool LogFile::is_compressing() {
  if (!compressor_) return false;
  pollfd ended{.fd = compressor_.get(), .events = POLLIN, .revents = 0};
  if (poll(&ended, 1, 0) == 0) return true;
  static_cast<void>(kernel::wait_for(compressor_.get()));
  compressor_.reset();
  return false;
}

LogFile::~LogFile() {
  if (compressor_) static_cast<void>(kernel::wait_for(compressor_.get()));
}

std::string LogFile::complaint() const {
  if (dropped_ == 0) return {};
  return format("{} bytes of the container's output are not in its log: {}", dropped_, reason_);
}

}  // namespace isle::monitor
