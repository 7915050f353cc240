#include "cli/output/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/strings.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

// What is there stays until the new one is whole.
Result<void> replace(const std::string& path, const std::function<Result<void>(int)>& write) {
  const std::string fresh = format("{}.{}.part", path, getpid());
  constexpr int kFresh = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const kernel::UniqueFd file = TRY(kernel::open_file(HostPath(fresh), kFresh, 0644));
  const Result<void> written = write(file.get());
  if (written && rename(fresh.c_str(), path.c_str()) == 0) return {};
  const int error = errno;
  unlink(fresh.c_str());
  if (!written) return written;
  return fail_call(error, format("rename({})", path));
}

}  // namespace

Result<void> write_output(const std::string& path, const std::function<Result<void>(int)>& write) {
  if (path.empty() || path == "-") {
    if (isatty(STDOUT_FILENO) == 0) return write(STDOUT_FILENO);
    return fail(ErrorKind::InvalidArgument,
                "standard output is a terminal, which is no place for an archive",
                "name a file with -o, or redirect it: > FILE");
  }
  struct stat found{};
  if (stat(path.c_str(), &found) != 0 || S_ISREG(found.st_mode)) return replace(path, write);
  const kernel::UniqueFd file = TRY(kernel::open_file(HostPath(path), O_WRONLY));
  return write(file.get());
}

}  // namespace isle::cli
