#pragma once
// Whether and when a container that has ended is started again, --restart. docker's rules: the
// pause begins at 100 ms and doubles up to a minute; a run of ten seconds begins it anew.

#include <cstdint>
#include <optional>

#include "kernel/fd.h"
#include "monitor/launch.h"
#include "record/container.h"

namespace isle::monitor {

struct RunOutcome {
  int status = 0;
  std::int64_t ran_ms = 0;
  bool held = false;    // somebody has stopped it
  bool forced = false;  // its health check wants it started anew, whatever the policy
};

class RestartPlan {
 public:
  // The pause before the next start, ms; none: it stays down.
  std::optional<std::int64_t> after(const record::RestartPolicy& policy, const RunOutcome& outcome);
  // Starts that were not asked for by anybody.
  std::int64_t count() const { return count_; }

 private:
  std::int64_t count_ = 0;
  std::int64_t pause_ = 0;
};

// The policy as it is now (isle update may have changed it), and the mark of `isle stop`.
record::RestartPolicy current_policy(const MonitorRequest& request);
bool is_held(const MonitorRequest& request);

// The mark of a container that runs (launch.cc), which tells how often it was started again.
HostPath running_mark(const HostPath& container);
void note_restarts(const HostPath& container, std::int64_t restarts);
std::int64_t restarts_until_now(const HostPath& container);

// A container between two runs: nothing of it is there but the socket RUN/restarting/ID, by which
// it can be seen and told to stay down.
class BetweenRuns {
 public:
  static Result<BetweenRuns> create(const MonitorRequest& request);
  BetweenRuns(BetweenRuns&& other) noexcept = default;
  BetweenRuns& operator=(BetweenRuns&&) = delete;
  BetweenRuns(const BetweenRuns&) = delete;
  BetweenRuns& operator=(const BetweenRuns&) = delete;
  ~BetweenRuns();

  // False: it shall stay down.
  Result<bool> wait(std::int64_t pause_ms);

 private:
  BetweenRuns(HostPath path, kernel::UniqueFd listener)
      : path_(std::move(path)), listener_(std::move(listener)) {}
  HostPath path_;
  kernel::UniqueFd listener_;

  bool told_to_stay_down();
};

// For others: whether a container is between two runs; and to make it stay down, which returns once
// it does, or runs again.
bool is_between_runs(const HostPath& run, std::string_view id);
void keep_down(const HostPath& run, std::string_view id);

}  // namespace isle::monitor
