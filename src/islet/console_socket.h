#pragma once
// Why: what only the runtime has at first goes to a UNIX stream socket of the caller's, one message
// with the descriptor (SCM_RIGHTS, unix(7)): the terminal's master, which who starts a container
// detached keeps, and the pidfd of the process. The text in it is nothing but a name, as runc
// sends.

#include <string_view>

#include "base/error.h"
#include "base/types.h"

namespace isle::islet {

Result<void> send_console(const HostPath& socket, int console);
// `kind`: "standard" of a container's init, "setns" of exec's process.
Result<void> send_pidfd(const HostPath& socket, std::string_view kind, int pidfd);

// A terminal needs somebody who holds it: the caller's socket, or ourselves in the foreground.
Result<void> check_console(bool terminal, bool detached, bool has_socket);

}  // namespace isle::islet
