#pragma once
// Starting isle-monitor for one container. The monitor gets what it needs as arguments (they show
// in ps) and reads the container's config.json itself; its descriptor 3 is the first connection, or
// the one behind those that --preserve-fds hands on.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/process.h"
#include "monitor/client.h"

namespace isle::monitor {

enum class Measure : std::uint8_t { No, Words, Json };  // form of the Plan frames

struct MonitorRequest {
  std::string id;
  std::string name, image;       // for events, and for those who read ps
  HostPath container;            // directory with config.json; exits.jsonl is appended there
  HostPath run;                  // ISLE_RUN: OCI state and attach socket are in its containers/ID
  bool keep_stdin_open = false;  // -i: else the input is empty; a terminal always takes input
  bool with_record = false;      // record.json says more than the defaults: logs, restarts, health
  bool stay_in_group = false;    // the caller's control group, not one of the monitor's own
  bool no_new_keyring = false;
  bool no_pivot = false;
  Measure measure = Measure::No;
  unsigned preserve_fds = 0;          // the caller's 3 .. 3+N-1 go on to the first run
  unsigned timeout_seconds = 0;       // killed after; 0: never
  int stop_signal = 15;               // sent to init when the monitor itself gets SIGTERM
  HostPath pid_file;                  // init's number, at each start
  std::string cgroup_parent;          // PARENT/ID when the spec names no path; empty: "/isle"
  std::vector<std::string> clean_up;  // run at the end, unless the first client sends Done
  HostPath program;                   // empty: isle-monitor beside the running program
};

inline constexpr int kFirstHandedOn = 3;
inline int connection_behind(unsigned preserve_fds) {
  return kFirstHandedOn + static_cast<int>(preserve_fds);
}

struct MonitorHandle {
  kernel::ChildProcess process;
  MonitorConnection connection;
};

// The terminal flag is the spec's own (process.terminal).
Result<MonitorHandle> spawn_monitor(const MonitorRequest& request);

// To and from argv, for both programs and their tests.
std::vector<std::string> write_arguments(const MonitorRequest& request);
Result<MonitorRequest> read_arguments(const std::vector<std::string>& arguments);

// After Exited, when the caller has removed all that is its own: sends Done and waits until the
// monitor is gone.
Result<void> finish(MonitorHandle& handle);

}  // namespace isle::monitor
