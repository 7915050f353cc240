#include "islet/console_socket.h"

#include <sys/socket.h>

#include "base/strings.h"
#include "kernel/unix_socket.h"

namespace isle::islet {

namespace {

Result<kernel::UniqueFd> connect_to(const HostPath& path, std::string_view what) {
  const std::size_t slash = path.str().rfind('/');
  Result<kernel::UniqueFd> socket = kernel::connect_at(
      HostPath(path.str().substr(0, slash + 1)), path.str().substr(slash + 1), SOCK_STREAM);
  if (!socket) {
    return std::unexpected(
        std::move(socket)
            .error()
            .within(format("reach the {} socket {}", what, quoted(path.str())))
            .advise("it must be a UNIX stream socket on which somebody listens"));
  }
  return socket;
}

// The descriptor as ancillary data of a message that names it, as runc's callers expect.
Result<void> send_descriptor(const HostPath& path,
                             std::string_view what,
                             std::string_view name,
                             int fd) {
  const kernel::UniqueFd socket = TRY(connect_to(path, what));
  TRY_STEP(kernel::send_with_fd(socket.get(), name, fd),
           format("send the {} to {}", what, quoted(path.str())));
  return {};
}

}  // namespace

Result<void> send_console(const HostPath& path, int console) {
  return send_descriptor(path, "console", "/dev/ptmx", console);
}

Result<void> send_pidfd(const HostPath& path, std::string_view kind, int pidfd) {
  return send_descriptor(path, "pidfd", kind, pidfd);
}

Result<void> check_console(bool terminal, bool detached, bool has_socket) {
  if (terminal && detached && !has_socket) {
    return fail(ErrorKind::InvalidArgument,
                "process.terminal is true and nobody would hold the terminal",
                "give a --console-socket, or set process.terminal to false");
  }
  if (has_socket && (!terminal || !detached)) {
    return fail(ErrorKind::InvalidArgument,
                terminal
                    ? "--console-socket is for detached containers: islet holds the terminal itself"
                    : "--console-socket is given, but process.terminal is false");
  }
  return {};
}

}  // namespace isle::islet
