#include "image/entries.h"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::image {

Result<std::vector<std::string>> entries_of(const HostPath& directory) {
  std::vector<std::string> names;
  kernel::UniqueFd fd = TRY(kernel::open_if_exists(directory, O_RDONLY | O_DIRECTORY));
  if (!fd) return names;
  DIR* stream = fdopendir(fd.get());
  if (stream == nullptr) return fail_call(errno, format("fdopendir({})", directory.str()));
  static_cast<void>(fd.release());
  while (const dirent* entry = readdir(stream)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  closedir(stream);
  std::ranges::sort(names);
  return names;
}

}  // namespace isle::image
