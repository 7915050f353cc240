#pragma once
// What was asked about the container's life after its start: who writes its output down, when it is
// started again, how it is asked whether it is well. isle-monitor goes by this.

#include <cstdint>
#include <optional>
#include <string>

#include "oci/runtime_spec.h"

namespace isle::record {

struct LogConfig {
  std::string driver;      // "" and "json-file" are the same; "k8s-file", "journald", "none"
  oci::StringMap options;  // --log-opt: "max-size" ...
};

struct RestartPolicy {
  std::string name;       // "" (no), "on-failure", "always", "unless-stopped"
  std::int64_t most = 0;  // of on-failure: so many times; 0: always
  bool wanted() const { return !name.empty(); }
};

// Asked instead of the check itself until it has said often enough that all is well.
struct StartupCheck {
  oci::Strings test;                       // as HealthCheck's; empty: none
  std::int64_t interval = 0, timeout = 0;  // ns; 0: default
  std::int64_t retries = 0;                // so many failures start the container anew; 0: never
  std::int64_t success = 0;                // so many successes in a row; 0 and 1 are the same
  bool wanted() const { return !test.empty() && test[0] != "NONE"; }
};

struct HealthCheck {
  oci::Strings test;  // {"CMD", "prog"...}, {"CMD-SHELL", "text"}; {"NONE"}: not the image's either
  std::int64_t interval = 0, timeout = 0, start_period = 0, start_interval = 0;  // ns; 0: default
  std::int64_t retries = 0;
  std::string on_failure;  // "" (nothing), "kill", "restart", "stop"
  StartupCheck startup;
  std::int64_t log_count = 0, log_size = 0;  // answers kept, and bytes of each; 0: default
  bool wanted() const { return !test.empty() && test[0] != "NONE"; }
};

struct Life {
  std::optional<std::int64_t> stop_timeout;  // seconds between the stop signal and KILL; -1: never
  LogConfig log;
  RestartPolicy restart;
  HealthCheck health;
  // Who tells the service manager that it is ready: "" (the container), "conmon" (isle, once it has
  // started), "healthy" (its health check), "ignore" (nobody).
  std::string sd_notify;
  bool monitor_stays = false;    // --cgroups no-conmon: in the group of whoever starts it
  std::string pid_file;          // where the number of its first process is written; empty: nowhere
  std::string monitor_pid_file;  // and its monitor's
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<LogConfig> log) {
  io.optional("driver", log.driver);
  io.optional("options", log.options);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<RestartPolicy> policy) {
  io.optional("name", policy.name);
  io.optional("most", policy.most);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<StartupCheck> check) {
  io.optional("test", check.test);
  io.optional("interval", check.interval);
  io.optional("timeout", check.timeout);
  io.optional("retries", check.retries);
  io.optional("success", check.success);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<HealthCheck> health) {
  io.optional("test", health.test);
  io.optional("interval", health.interval);
  io.optional("timeout", health.timeout);
  io.optional("startPeriod", health.start_period);
  io.optional("startInterval", health.start_interval);
  io.optional("retries", health.retries);
  io.optional("onFailure", health.on_failure);
  io.always("startup", health.startup);
  io.optional("logCount", health.log_count);
  io.optional("logSize", health.log_size);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Life> life) {
  io.optional("stopTimeout", life.stop_timeout);
  io.always("log", life.log);
  io.always("restart", life.restart);
  io.always("health", life.health);
  io.optional("sdNotify", life.sd_notify);
  io.optional("monitorStays", life.monitor_stays);
  io.optional("pidFile", life.pid_file);
  io.optional("monitorPidFile", life.monitor_pid_file);
}

}  // namespace isle::record
