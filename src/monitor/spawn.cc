#include "monitor/spawn.h"

#include <sys/socket.h>

#include "monitor/wire.h"

namespace isle::monitor {

Result<MonitorHandle> spawn_monitor(const MonitorRequest& request) {
  kernel::FdPair ends = TRY(kernel::make_socketpair(SOCK_SEQPACKET));
  kernel::SpawnRequest program;
  program.program =
      request.program.empty() ? TRY(kernel::program_directory()) / "isle-monitor" : request.program;
  program.arguments = write_arguments(request);
  // Nothing of the caller's is kept open: who waits for the end of its output is not kept waiting.
  const int connection = connection_behind(request.preserve_fds);
  program.fds = {{.from = -1, .to = 0},
                 {.from = -1, .to = 1},
                 {.from = -1, .to = 2},
                 {.from = ends.second.get(), .to = connection}};
  // But what the command shall have, where it shall find it.
  for (int fd = kFirstHandedOn; fd < connection; ++fd)
    program.fds.push_back({.from = fd, .to = fd});
  program.new_session = true;
  MonitorHandle handle;
  handle.process = TRY_STEP(kernel::spawn(program), "start the container's monitor");
  handle.connection.socket = std::move(ends.first);
  return handle;
}

Result<void> finish(MonitorHandle& handle) {
  TRY(send_frame(handle.connection.socket.get(), {.type = FrameType::Done}, {}, Wait::Yes));
  TRY(kernel::wait_for(handle.process.pidfd.get()));
  return {};
}

}  // namespace isle::monitor
