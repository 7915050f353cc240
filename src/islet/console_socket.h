#pragma once
// Why: who starts a container detached keeps its terminal: the master goes to a UNIX stream socket
// of the caller's, one message with the descriptor (SCM_RIGHTS, unix(7)). The text in it is
// nothing but a name for it, as runc sends.

#include "base/error.h"
#include "base/types.h"

namespace isle::islet {

Result<void> send_console(const HostPath& socket, int console);

// A terminal needs somebody who holds it: the caller's socket, or ourselves in the foreground.
Result<void> check_console(bool terminal, bool detached, bool has_socket);

}  // namespace isle::islet
