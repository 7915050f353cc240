#pragma once
// What the service manager behind NOTIFY_SOCKET hears of a container, --sdnotify. That the monitor
// is the service's main process says who has started it (engine/session.cc); that it is ready is
// said here, when the container's command or its health check says so.

#include <memory>

#include "monitor/chore.h"
#include "oci/runtime_spec.h"
#include "record/container.h"
#include "runtime/state/notify.h"

namespace isle::monitor {

// Somebody listens, and wants to hear of this container.
bool is_awaited(const record::Container& container);

// For a container whose command is to say it: its socket is there before the command is. None:
// nobody waits for it.
Result<std::unique_ptr<Chore>> offer_ready_socket(const HostPath& directory,
                                                  const record::Container& container,
                                                  oci::Spec& spec);

// Of the monitor's own knowledge. Nothing happens if it cannot be said: the container goes on.
void say_ready();

}  // namespace isle::monitor
