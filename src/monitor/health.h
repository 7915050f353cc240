#pragma once
// Asking a container whether it is well, --health-cmd: the monitor runs the command inside, as
// `isle exec` would, and keeps what came of it in CONTAINER/health.json. docker's rules: so many
// failures in a row are an illness; those of the start period do not count, unless it has been well
// before.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "monitor/chore.h"
#include "monitor/launch.h"
#include "record/life.h"
#include "runtime/state/create.h"

namespace isle::monitor {

struct HealthProbe {
  int status = 0;                                // of the command; 0 is well
  std::int64_t started_ns = 0, finished_ns = 0;  // since 1970
  std::string output;                            // its beginning
};

struct Health {
  std::string status = "starting";  // "healthy", "unhealthy"
  std::int64_t failing_streak = 0;
  std::vector<HealthProbe> log;  // the newest last, a few
};
json::Value write_health(const Health& health);
Result<Health> read_health(std::string_view text);
HostPath health_file(const HostPath& container);

// With docker's defaults where the command line and the image said nothing.
record::HealthCheck with_defaults(record::HealthCheck check);

// A probe is written down beside the newest others.
void note_probe(Health& health, const record::HealthCheck& check, HealthProbe probe);

// Takes a probe into account. `in_start_period`: the container is younger than that.
void judge(Health& health,
           const record::HealthCheck& check,
           HealthProbe probe,
           bool in_start_period);

// The command, started inside.
struct RunningProbe {
  runtime::ExecutedProcess process;
  kernel::UniqueFd output;  // not waiting
};
Result<RunningProbe> start_probe(const HostPath& states,
                                 const std::string& id,
                                 const oci::Strings& test);

std::unique_ptr<Chore> make_health_chore(const MonitorRequest& request,
                                         const record::Container& container,
                                         oci::StringMap attributes);

}  // namespace isle::monitor
