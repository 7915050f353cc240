#include "engine/log_reader.h"

#include <cerrno>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/unpacker.h"

namespace isle::engine {
namespace {

constexpr std::size_t kPiece = 65536;

Result<std::size_t> read_piece(int file, std::int64_t offset, char* buffer, std::size_t size) {
  for (;;) {
    const ssize_t count = offset < 0 ? ::read(file, buffer, size)
                                     : pread(file, buffer, size, static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return fail_call(errno, "read(log)");
  }
}

// Where the last `wanted` lines begin; takes from `wanted` what was found.
Result<std::int64_t> find_tail(int file, std::uint64_t& wanted) {
  struct stat info{};
  if (fstat(file, &info) != 0) return fail_call(errno, "fstat(log)");
  std::vector<char> buffer(kPiece);
  std::int64_t end = info.st_size;
  bool last = true;  // the newline that ends the file begins no line
  while (end > 0) {
    const std::int64_t from = std::max<std::int64_t>(0, end - static_cast<std::int64_t>(kPiece));
    const std::size_t count =
        TRY(read_piece(file, from, buffer.data(), static_cast<std::size_t>(end - from)));
    for (std::size_t i = count; i-- > 0;) {
      if (buffer[i] == '\n' && !last && --wanted == 0) {
        return from + static_cast<std::int64_t>(i) + 1;
      }
      last = false;
    }
    end = from;
  }
  if (!last) --wanted;
  return 0;
}

bool same_time(const timespec& one, const timespec& other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

// Between the name's going and the next one's coming there is a moment without it.
bool is_rotated(const HostPath& first) {
  return access(first.c_str(), F_OK) == 0 || access((first.str() + ".gz").c_str(), F_OK) == 0;
}

}  // namespace

HostPath LogReader::file_name(unsigned number) const {
  return number == 0 ? path_ : HostPath(format("{}.{}", path_.str(), number));
}

Result<void> LogReader::remember(int file, bool compressed) {
  struct stat info{};
  if (fstat(file, &info) != 0) return fail_call(errno, "fstat(log)");
  origin_ = {.device = info.st_dev,
             .inode = info.st_ino,
             .modified = info.st_mtim,
             .compressed = compressed};
  return {};
}

Result<bool> LogReader::open_compressed(unsigned number) {
  const HostPath path(file_name(number).str() + ".gz");
  const kernel::UniqueFd packed = TRY(kernel::open_if_exists(path, O_RDONLY | O_NOFOLLOW));
  if (!packed) return false;
  kernel::UniqueFd plain = TRY(kernel::make_memfd("log"));
  TRY_STEP(image::ask_unpacker({"convert", "--compression", "none"}, packed.get(), plain.get()),
           format("read {}", path.str()));
  if (lseek(plain.get(), 0, SEEK_SET) < 0) return fail_call(errno, "lseek(log)");
  TRY(remember(packed.get(), true));
  file_ = std::move(plain);
  return true;
}

// False: there is none of this number.
Result<bool> LogReader::open_number(unsigned number) {
  kernel::UniqueFd file = TRY(kernel::open_if_exists(file_name(number), O_RDONLY | O_NOFOLLOW));
  if (!file) return number > 0 && TRY(open_compressed(number));
  TRY(remember(file.get(), false));
  file_ = std::move(file);
  return true;
}

// What we read may have been compressed meanwhile: that keeps its time.
bool LogReader::is_here(unsigned number) const {
  struct stat named{};
  if (!origin_.compressed && stat(file_name(number).c_str(), &named) == 0 &&
      named.st_ino == origin_.inode && named.st_dev == origin_.device) {
    return true;
  }
  timespec modified = origin_.modified;
  struct stat held{};
  if (!origin_.compressed && fstat(file_.get(), &held) == 0) modified = held.st_mtim;
  const std::string packed = file_name(number).str() + ".gz";
  return number > 0 && stat(packed.c_str(), &named) == 0 && same_time(named.st_mtim, modified);
}

Result<LogReader> LogReader::open(const Paths& paths,
                                  const record::Container& container,
                                  std::optional<std::uint64_t> tail) {
  const std::string& driver = container.life.log.driver;
  if (driver == "none") {
    return fail(ErrorKind::Unsupported,
                format("container {} has no log: it was made with --log-driver none",
                       quoted(container.name)));
  }
  if (driver == "journald") {
    return fail(ErrorKind::Unsupported,
                format("the log of container {} is in systemd's journal", quoted(container.name)),
                format("journalctl -o cat CONTAINER_ID_FULL={}", container.id));
  }
  LogReader reader(paths.container(container.id) / "log", driver == "k8s-file");
  TRY(reader.begin(tail));
  return reader;
}

// From the newest file backwards until enough lines are found, or to the oldest.
Result<void> LogReader::begin(std::optional<std::uint64_t> tail) {
  std::uint64_t wanted = tail.value_or(0);
  for (unsigned number = 0;; ++number) {
    if (!TRY(open_number(number))) {
      if (number == 0 && is_rotated(file_name(1))) continue;
      return {};
    }
    if (!tail) continue;
    const std::int64_t offset = wanted == 0 ? -1 : TRY(find_tail(file_.get(), wanted));
    if (offset < 0) {
      if (lseek(file_.get(), 0, SEEK_END) < 0) return fail_call(errno, "lseek(log)");
      return {};
    }
    if (lseek(file_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
      return fail_call(errno, "lseek(log)");
    }
    if (wanted == 0) return {};
  }
}

Result<bool> LogReader::read(const Each& each) {
  bool any = false;
  do {
    any = TRY(read_file_on(each)) || any;
  } while (TRY(next_file()));
  return any;
}

Result<bool> LogReader::read_file_on(const Each& each) {
  if (!file_) return false;
  std::vector<char> buffer(kPiece);
  bool any = false;
  for (;;) {
    const std::size_t count = TRY(read_piece(file_.get(), -1, buffer.data(), buffer.size()));
    if (count == 0) return any;
    take({buffer.data(), count}, each);
    any = true;
  }
}

// Once the file at hand is read: the one that was written after it. What was rotated away while we
// read it has a number now.
Result<bool> LogReader::next_file() {
  if (!file_) return open_number(0);
  constexpr unsigned kMostFiles = 1000;
  for (unsigned number = 0; number <= kMostFiles; ++number) {
    if (!is_here(number)) continue;
    if (number == 0 || !TRY(open_number(number - 1))) return false;
    begun_.clear();
    return true;
  }
  // It is removed: what comes next is the oldest that is left.
  file_.reset();
  begun_.clear();
  TRY(begin(std::nullopt));
  return static_cast<bool>(file_);
}

void LogReader::take(std::string_view data, const Each& each) {
  while (!data.empty()) {
    const std::size_t newline = data.find('\n');
    if (newline == std::string_view::npos) {
      begun_.append(data);
      return;
    }
    if (begun_.empty()) {
      take_line(data.substr(0, newline), each);
    } else {
      begun_.append(data.substr(0, newline));
      take_line(begun_, each);
      begun_.clear();
    }
    data.remove_prefix(newline + 1);
  }
}

// A damaged line is passed over, the others are shown.
void LogReader::take_line(std::string_view line, const Each& each) {
  const Result<LogLine> parsed = k8s_ ? parse_k8s_file_line(line) : parse_json_file_line(line);
  if (parsed) each(*parsed);
}

}  // namespace isle::engine
