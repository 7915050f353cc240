// isle-unpack compress-file: NAME of a directory becomes NAME.gz. For logs, by the monitor, which
// must not hold what compressing takes. Until the new file is whole the old one stays.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "base/strings.h"
#include "image/unpack_program/blob_writer.h"
#include "image/unpack_program/requests.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

constexpr int kDirectory = 3;
constexpr std::size_t kPiece = 128 << 10;

Result<void> copy_compressed(int input, int output) {
  BlobWriter writer = TRY(BlobWriter::create(output, oci::Compression::Gzip));
  std::vector<char> piece(kPiece);
  for (;;) {
    const ssize_t count = read(input, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_call(errno, "read()");
    if (count == 0) break;
    TRY(writer.give({piece.data(), static_cast<std::size_t>(count)}));
  }
  TRY(writer.finish());
  return {};
}

// Its time is the old one's: so does a reader that was in the middle of it know it again.
Result<void> take_over(int input, int output, const std::string& name, const std::string& draft) {
  struct stat look{};
  if (fstat(input, &look) != 0) return fail_call(errno, "fstat()");
  const timespec times[2] = {look.st_atim, look.st_mtim};
  if (futimens(output, times) != 0) return fail_call(errno, "futimens()");
  if (renameat(kDirectory, draft.c_str(), kDirectory, (name + ".gz").c_str()) != 0) {
    return fail_call(errno, format("rename({})", draft));
  }
  if (unlinkat(kDirectory, name.c_str(), 0) != 0)
    return fail_call(errno, format("unlink({})", name));
  return {};
}

}  // namespace

Result<json::Value> compress_file_request(std::span<char*> arguments) {
  const std::string name = arguments.size() == 1 ? arguments[0] : "";
  if (name.empty() || name.find('/') != std::string::npos) {
    return fail(ErrorKind::InvalidArgument,
                "compress-file needs the name of a file in descriptor 3");
  }
  const std::string draft = name + ".part";
  const kernel::UniqueFd input =
      TRY(kernel::open_at(kDirectory, name.c_str(), O_RDONLY | O_NOFOLLOW));
  const kernel::UniqueFd output = TRY(
      kernel::open_at(kDirectory, draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  Result<void> done = copy_compressed(input.get(), output.get());
  if (done) done = take_over(input.get(), output.get(), name, draft);
  if (!done) {
    unlinkat(kDirectory, draft.c_str(), 0);
    return std::unexpected(std::move(done).error());
  }
  json::Value value;
  value["ok"] = true;
  return value;
}

}  // namespace isle::image
