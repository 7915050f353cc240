#pragma once
// Why: sockets by name whose directory may lie deep: sun_path ends at 108 bytes, unix(7), a user's
// run directory need not. The name is therefore taken from an open directory.

#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::kernel {

// Listens at directory/name, which only its owner may connect to (mode 0600). It must not exist.
Result<UniqueFd> listen_at(const HostPath& directory, const std::string& name, int type);
// A datagram socket, say, at directory/name with that mode. It must not exist.
Result<UniqueFd> bind_at(const HostPath& directory, const std::string& name, int type, mode_t mode);
// NotFound: nothing there. Unavailable: nobody listens any more.
Result<UniqueFd> connect_at(const HostPath& directory, const std::string& name, int type);
// All of `data`, which is not empty, with a descriptor beside its first byte (SCM_RIGHTS, unix(7)).
// The other end may be gone: EPIPE, no signal.
Result<void> send_with_fd(int socket, std::string_view data, int fd);

}  // namespace isle::kernel
