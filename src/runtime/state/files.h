#pragma once
// The files of one container's state directory, beside state.json. Internal to runtime/state.

#include "kernel/fd.h"
#include "oci/runtime_spec.h"
#include "runtime/state/container.h"

namespace isle::runtime {

// With parents, mode 0711 so that a container's own users may pass.
Result<void> make_directories(const HostPath& path);
// The spec the container was made from; exec and hooks of later verbs go by it.
Result<void> save_config(const HostPath& root, std::string_view id, std::string_view text);
Result<void> replace_config(const HostPath& root, std::string_view id, const oci::Spec& spec);
// The socket on which a created container's init waits.
Result<kernel::UniqueFd> listen_for_start(const HostPath& root, std::string_view id);
// Whether its init still listens there. Asked without waking it: a connection of another type is
// refused with EPROTOTYPE as long as the socket is open, unix(7).
bool waits_for_start(const HostPath& root, std::string_view id);
Result<kernel::UniqueFd> connect_for_start(const HostPath& root, std::string_view id);
// The state document as hooks get it.
std::string hook_state(const ContainerState& state, std::string_view status);
// All files and the directory; what is not there is no error. The state goes last, so that a
// command that is killed meanwhile leaves a container that can be seen and deleted.
void remove_state(const HostPath& root, std::string_view id);

}  // namespace isle::runtime
