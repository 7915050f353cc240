#include "runtime/relay/console_size.h"

#include <unistd.h>

#include "kernel/tty.h"

namespace isle::runtime {

void begin_with_own_size(oci::Process& process) {
  if (!process.terminal) return;
  if (const auto size = kernel::window_size(STDIN_FILENO)) {
    process.console_size = oci::Box{.height = size->rows, .width = size->columns};
  }
}

}  // namespace isle::runtime
