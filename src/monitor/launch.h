#pragma once
// From the request to a running container and what its supervisor holds of it.

#include "monitor/spawn.h"
#include "monitor/supervisor.h"
#include "runtime/state/create.h"

namespace isle::monitor {

struct LaunchedContainer {
  Charge charge;
  runtime::ContainerState state;
  runtime::Remains remains;
  kernel::UniqueFd names;  // isle-dns serves it for as long as this is open
  std::int64_t started_ns = 0;
  oci::StringMap attributes;  // of its events
};

// The OCI state root below ISLE_RUN.
HostPath state_root(const MonitorRequest& request);

// Tells `client` warnings and the plan on the way; -1: nobody. On failure nothing is left.
Result<LaunchedContainer> launch_container(const MonitorRequest& request, int client);

// "start", "die" ...: appended to the store's events.
void note_event(const MonitorRequest& request, std::string_view action, oci::StringMap attributes);

// The id on the host of `id` in the container: by `map`, itself if there is no map; none if the
// map does not hold it.
std::optional<std::uint32_t> host_id(const std::vector<oci::IdMapping>& map, std::uint32_t id);

}  // namespace isle::monitor
