#include "image/archive/archive_target.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::image {

Result<void> ArchiveTarget::add(const std::string& path, std::string_view content) {
  if (!seen_.insert(path).second) return {};
  TRY(begin(path, std::ssize(content)));
  return data(content);
}

Result<void> ArchiveTarget::add_file(const std::string& path, int from, std::int64_t size) {
  if (!seen_.insert(path).second) return {};
  TRY(begin(path, size));
  std::string piece(std::size_t{256} << 10, '\0');
  std::int64_t at = 0;
  while (at < size) {
    const auto most = std::min(piece.size(), static_cast<std::size_t>(size - at));
    const ssize_t count = pread(from, piece.data(), most, at);
    if (count < 0) return fail_call(errno, format("read({})", path));
    if (count == 0) return fail(ErrorKind::Corrupt, format("{} ends early", quoted(path)));
    TRY(data({piece.data(), static_cast<std::size_t>(count)}));
    at += count;
  }
  return {};
}

Result<void> TarTarget::FileSink::give(std::string_view bytes) {
  return kernel::write_all(output_, bytes);
}

Result<void> TarTarget::begin(const std::string& path, std::int64_t size) {
  TarEntry entry;
  entry.path = path;
  entry.mode = 0644;
  entry.size = size;
  return writer_.add(entry);
}

Result<void> DirectoryTarget::begin(const std::string& path, std::int64_t) {
  constexpr int kFresh = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string above = path.substr(0, slash);
    if (mkdirat(directory_.get(), above.c_str(), 0755) != 0 && errno != EEXIST) {
      return fail_call(errno, format("mkdir({})", above));
    }
  }
  file_ = TRY(kernel::open_at(directory_.get(), path, kFresh, 0644));
  return {};
}

Result<void> DirectoryTarget::data(std::string_view bytes) {
  return kernel::write_all(file_.get(), bytes);
}

}  // namespace isle::image
