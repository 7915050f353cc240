// isle-monitor: parent of one container's init, holder of its terminal, its attach socket and its
// exit. Started by isle, with the first connection as a descriptor (src/monitor/spawn.h).

#include <fcntl.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "kernel/sealed_program.h"
#include "kernel/sealed_start.h"
#include "monitor/run.h"
#include "monitor/spawn.h"

// Its own name, as isle calls it: every start makes a container.
const char* const kIsleSealedWords[] = {"isle-monitor", nullptr};

namespace {

bool is_socket(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  const auto request = isle::monitor::read_arguments(arguments);
  const int connection = isle::monitor::connection_behind(request ? request->preserve_fds : 0);
  if (!is_socket(connection)) {
    isle::print_error("isle-monitor",
                      isle::fail(isle::ErrorKind::InvalidArgument,
                                 "there is no connection to isle",
                                 "isle starts isle-monitor for each container; see isle help run")
                          .error());
    return isle::kExitEngine;
  }
  if (const isle::Result<void> sealed = isle::kernel::seal_program(argv); !sealed) {
    isle::print_error("isle-monitor", sealed.error());
    return isle::kExitEngine;
  }
  if (fcntl(connection, F_SETFD, FD_CLOEXEC) != 0) return isle::kExitEngine;
  return isle::monitor::run_monitor(arguments, isle::kernel::UniqueFd(connection));
}
