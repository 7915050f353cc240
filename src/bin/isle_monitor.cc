// isle-monitor: parent of one container's init, holder of its terminal, its attach socket and its
// exit. Started by isle, with the first connection as descriptor 3 (src/monitor/spawn.h).

#include <fcntl.h>
#include <sys/socket.h>

#include "kernel/sealed_program.h"
#include "kernel/sealed_start.h"
#include "monitor/run.h"

// Its own name, as isle calls it: every start makes a container.
const char* const kIsleSealedWords[] = {"isle-monitor", nullptr};

namespace {

constexpr int kConnection = 3;

bool is_socket(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET;
}

}  // namespace

int main(int argc, char** argv) {
  if (!is_socket(kConnection)) {
    isle::print_error("isle-monitor",
                      isle::fail(isle::ErrorKind::InvalidArgument,
                                 "descriptor 3 is no connection to isle",
                                 "isle starts isle-monitor for each container; see isle help run")
                          .error());
    return isle::kExitEngine;
  }
  if (const isle::Result<void> sealed = isle::kernel::seal_program(argv); !sealed) {
    isle::print_error("isle-monitor", sealed.error());
    return isle::kExitEngine;
  }
  if (fcntl(kConnection, F_SETFD, FD_CLOEXEC) != 0) return isle::kExitEngine;
  return isle::monitor::run_monitor({argv, argv + argc}, isle::kernel::UniqueFd(kConnection));
}
