#include "engine/held.h"

#include <fcntl.h>
#include <unistd.h>

#include "kernel/fd.h"

namespace isle::engine {

Result<void> hold_down(const Paths& paths, std::string_view id) {
  TRY(kernel::open_file(paths.container(id) / "held", O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
  return {};
}

void let_go(const Paths& paths, std::string_view id) {
  unlink((paths.container(id) / "held").c_str());
}

}  // namespace isle::engine
