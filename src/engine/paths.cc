#include "engine/paths.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/strings.h"

namespace isle::engine {
namespace {

// /tmp is everybody's: somebody else may have made the directory first.
Result<HostPath> run_in_tmp() {
  HostPath path(format("/tmp/isle-run-{}", geteuid()));
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_call(errno, format("mkdir({})", path.str()));
  }
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return fail_call(errno, format("lstat({})", path.str()));
  const bool ours =
      S_ISDIR(status.st_mode) && status.st_uid == geteuid() && (status.st_mode & 0077) == 0;
  if (ours) return path;
  return fail(ErrorKind::Denied,
              format("{} is not a directory of this user alone", quoted(path.str())),
              "set XDG_RUNTIME_DIR or ISLE_RUN to one");
}

Result<HostPath> find_run() {
  if (const char* set = std::getenv("ISLE_RUN"); set != nullptr && *set == '/') {
    return HostPath(set);
  }
  if (geteuid() == 0) return HostPath("/run/isle");
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/' && access(runtime, W_OK) == 0) {
    return HostPath(runtime) / "isle";
  }
  return run_in_tmp();
}

}  // namespace

Result<Paths> Paths::open() {
  image::Store store = TRY(image::Store::open());
  return Paths{.store = std::move(store), .run = TRY(find_run())};
}

Result<void> make_directories(const HostPath& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  const std::size_t slash = path.str().rfind('/');
  if (errno != ENOENT || slash == 0) return fail_call(errno, format("mkdir({})", path.str()));
  TRY(make_directories(HostPath(path.str().substr(0, slash))));
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail_call(errno, format("mkdir({})", path.str()));
}

}  // namespace isle::engine
