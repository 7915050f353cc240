#pragma once
// The user's end of a monitor: waits for the start, then relays the terminal or the pipes.

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"
#include "monitor/protocol.h"
#include "runtime/relay/relay.h"

namespace isle::monitor {

struct MonitorConnection {
  kernel::UniqueFd socket;
};

struct Started {
  Pid pid;
  std::vector<std::string> warnings;
  std::string plan;  // with MonitorRequest::measure: words or JSON, each step with its time
};
struct StartFailure {
  Error error;
  int exit_status = kExitEngine;  // 125, 126 or 127
};
// Waits for Started or Failed. A monitor that dies before either is a StartFailure too.
std::expected<Started, StartFailure> await_started(MonitorConnection& connection);

// Relays until the container has ended or the user has detached.
struct AttachEnd {
  std::optional<ExitRecord> exit;  // none: detached
};
Result<AttachEnd> attach(MonitorConnection& connection, const runtime::RelayOptions& options);

// Waits until the container has ended, without its output. Unavailable: the monitor went first.
Result<ExitRecord> await_end(MonitorConnection& connection);

// Connects to a running container's attach socket; await_started comes next. NotFound: it does not
// run, or its monitor is gone.
Result<MonitorConnection> connect_monitor(const HostPath& run, std::string_view id);

}  // namespace isle::monitor
