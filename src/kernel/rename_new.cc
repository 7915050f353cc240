#include "kernel/rename_new.h"

#include <cerrno>
#include <cstdio>

#include "base/strings.h"

namespace isle::kernel {

Result<void> rename_new(int from, const std::string& name, int to, const std::string& new_name) {
  int done = renameat2(from, name.c_str(), to, new_name.c_str(), RENAME_NOREPLACE);
  if (done != 0 && errno == EINVAL) done = renameat(from, name.c_str(), to, new_name.c_str());
  if (done == 0) return {};
  const int error = errno == ENOTEMPTY ? EEXIST : errno;
  return fail_call(error, format("rename({}, {})", name, new_name));
}

}  // namespace isle::kernel
