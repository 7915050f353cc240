#include "kernel/chown_tree.h"

#include <fcntl.h>
#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::kernel {
namespace {

Result<void> give(int directory, const char* name, const struct stat& look, uid_t uid, gid_t gid) {
  if (look.st_uid == uid && look.st_gid == gid) return {};
  if (fchownat(directory, name, uid, gid, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0) return {};
  if (errno == ENOENT) return {};  // gone meanwhile
  const int error = errno;
  return fail_call(error,
                   format("chown({}, {}:{})", name, uid, gid),
                   {},
                   error == EPERM ? "an ordinary user cannot give files away" : "");
}

using Walk = std::unique_ptr<FTS, decltype(&fts_close)>;

// fts(3) goes into a directory by descriptor and compares what it finds with what it has seen; its
// names are good in the working directory, where it stands.
Result<void> give_below(uid_t uid, gid_t gid) {
  char here[] = ".";
  char* const paths[] = {here, nullptr};
  const Walk walk(fts_open(paths, FTS_PHYSICAL | FTS_XDEV, nullptr), fts_close);
  if (walk == nullptr) return fail_call(errno, "fts_open()");
  for (;;) {
    errno = 0;
    const FTSENT* entry = fts_read(walk.get());
    if (entry == nullptr && errno == 0) return {};
    if (entry == nullptr) return fail_call(errno, "fts_read()");
    if (entry->fts_info == FTS_DP) continue;  // on the way back
    if (entry->fts_info == FTS_NS) continue;  // gone meanwhile
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
      return fail_call(entry->fts_errno, format("opendir({})", entry->fts_path));
    }
    TRY_STEP(give(AT_FDCWD, entry->fts_accpath, *entry->fts_statp, uid, gid), entry->fts_path);
  }
}

}  // namespace

Result<void> chown_tree(int file, uid_t uid, gid_t gid) {
  struct stat look{};
  if (fstat(file, &look) != 0) return fail_call(errno, "fstat()");
  if (!S_ISDIR(look.st_mode)) return give(file, "", look, uid, gid);
  const UniqueFd before = TRY(open_file(HostPath("."), O_PATH | O_DIRECTORY));
  if (fchdir(file) != 0) return fail_call(errno, "fchdir()");
  const Result<void> given = give_below(uid, gid);
  if (fchdir(before.get()) != 0) return fail_call(errno, "fchdir()");
  return given;
}

}  // namespace isle::kernel
