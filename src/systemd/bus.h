#pragma once
// Why: the calls of org.freedesktop.systemd1.Manager that a container's control group needs, over
// sd-bus(3). See org.freedesktop.systemd1(5).

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <systemd/sd-bus.h>

#include "base/error.h"

namespace isle::systemd {

// See kernel::UnitProperty.
struct Property {
  std::string name, type;
  std::vector<std::string> values;
};

// What a call came to: an error as systemd words it, with its D-Bus name.
struct Failure {
  std::string name, text;
};
template <typename T>
using Outcome = std::expected<T, Failure>;

class Bus {
 public:
  // The system's systemd, or the user's own. Through the bus, else over systemd's private socket,
  // which is there before the bus is and takes root alone. Failure "isle.NoBus" names both.
  static Outcome<std::unique_ptr<Bus>> open(bool user);
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;
  ~Bus();

  Outcome<std::string> manager_group();
  Outcome<std::string> start_scope(const std::string& unit,
                                   std::uint32_t pid,
                                   const std::vector<Property>& properties);
  Outcome<void> stop(const std::string& unit);
  Outcome<void> set(const std::string& unit, const std::vector<Property>& properties);
  Outcome<void> attach(const std::string& unit, std::uint32_t pid);

 private:
  explicit Bus(sd_bus* bus) : bus_(bus) {}
  Outcome<void> watch_jobs();
  Outcome<std::string> try_start(const std::string& unit,
                                 std::uint32_t pid,
                                 const std::vector<Property>& properties);
  Outcome<void> await_job(const std::string& job, const std::string& unit);
  Outcome<void> reset_failed(const std::string& unit);
  static int on_job_removed(sd_bus_message* message, void* self, sd_bus_error*);

  sd_bus* bus_;
  std::map<std::string, std::string> removed_jobs_;  // path to result
};

// Appends one struct (sv). A negative errno when a value is not of the type.
int append_property(sd_bus_message* message, const Property& property);

}  // namespace isle::systemd
