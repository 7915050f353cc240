#include "systemd/bus.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>

#include <unistd.h>

#include "base/strings.h"

namespace isle::systemd {

namespace {

constexpr const char* kService = "org.freedesktop.systemd1";
constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr std::uint64_t kCallTimeoutUs = 60'000'000;
constexpr std::chrono::seconds kJobTimeout(60);

// Frees itself; sd_bus_error(3).
struct BusError {
  sd_bus_error value = SD_BUS_ERROR_NULL;
  BusError() = default;
  BusError(const BusError&) = delete;
  BusError& operator=(const BusError&) = delete;
  ~BusError() { sd_bus_error_free(&value); }
};

struct Unref {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, Unref>;

std::unexpected<Failure> failure(const BusError& error, int result) {
  if (sd_bus_error_is_set(&error.value) == 0) {
    return std::unexpected(Failure{.name = "", .text = errno_words(-result)});
  }
  return std::unexpected(
      Failure{.name = error.value.name,
              .text = error.value.message == nullptr ? error.value.name : error.value.message});
}

std::unexpected<Failure> failure(int result) {
  return std::unexpected(Failure{.name = "", .text = errno_words(-result)});
}

int open_private(const std::string& socket, sd_bus** bus) {
  int result = sd_bus_new(bus);
  if (result >= 0) result = sd_bus_set_address(*bus, ("unix:path=" + socket).c_str());
  if (result >= 0) result = sd_bus_start(*bus);
  if (result < 0) *bus = sd_bus_unref(*bus);
  return result;
}

std::string runtime_directory() {
  const char* directory = std::getenv("XDG_RUNTIME_DIR");
  return directory != nullptr && *directory != '\0' ? directory : format("/run/user/{}", geteuid());
}

std::string bus_name(bool user) {
  if (const char* address =
          std::getenv(user ? "DBUS_SESSION_BUS_ADDRESS" : "DBUS_SYSTEM_BUS_ADDRESS")) {
    return address;
  }
  return user ? runtime_directory() + "/bus" : "/run/dbus/system_bus_socket";
}

Message new_call(sd_bus* bus, const char* method, int& result) {
  sd_bus_message* message = nullptr;
  result = sd_bus_message_new_method_call(bus, &message, kService, kPath, kManager, method);
  return Message(message);
}

Outcome<Message> call(sd_bus* bus, sd_bus_message* message) {
  BusError error;
  sd_bus_message* reply = nullptr;
  const int result = sd_bus_call(bus, message, kCallTimeoutUs, &error.value, &reply);
  if (result < 0) return failure(error, result);
  return Message(reply);
}

Outcome<std::string> get_text(sd_bus* bus,
                              const std::string& path,
                              const char* interface,
                              const char* property) {
  BusError error;
  char* text = nullptr;
  const int result = sd_bus_get_property_string(
      bus, kService, path.c_str(), interface, property, &error.value, &text);
  if (result < 0) return failure(error, result);
  std::string value = text;
  std::free(text);
  return value;
}

Outcome<std::string> unit_group(sd_bus* bus, const std::string& unit) {
  char* path = nullptr;
  const int result = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
  if (result < 0) return failure(result);
  const std::string object = path;
  std::free(path);
  return get_text(bus, object, "org.freedesktop.systemd1.Scope", "ControlGroup");
}

Outcome<std::string> job_of(sd_bus_message* reply) {
  const char* job = nullptr;
  const int result = sd_bus_message_read_basic(reply, 'o', static_cast<void*>(&job));
  if (result < 0) return failure(result);
  return std::string(job);
}

constexpr std::string_view kNoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";

}  // namespace

Outcome<std::unique_ptr<Bus>> Bus::open(bool user) {
  sd_bus* bus = nullptr;
  const int first = user ? sd_bus_open_user(&bus) : sd_bus_open_system(&bus);
  const std::string socket =
      user ? runtime_directory() + "/systemd/private" : "/run/systemd/private";
  const int second = first >= 0 ? 0 : open_private(socket, &bus);
  if (first < 0 && second < 0) {
    return std::unexpected(Failure{
        .name = "isle.NoBus",
        .text = format("the {} systemd cannot be reached: no bus at {} ({}), no socket {} ({})",
                       user ? "user's" : "system's",
                       quoted(bus_name(user)),
                       errno_words(-first),
                       quoted(socket),
                       errno_words(-second))});
  }
  return std::unique_ptr<Bus>(new Bus(bus));
}

Bus::~Bus() { sd_bus_flush_close_unref(bus_); }

Outcome<std::string> Bus::manager_group() {
  return get_text(bus_, kPath, kManager, "ControlGroup");
}

int Bus::on_job_removed(sd_bus_message* message, void* self, sd_bus_error*) {
  std::uint32_t id = 0;
  const char *job = nullptr, *unit = nullptr, *result = nullptr;
  if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) >= 0) {
    static_cast<Bus*>(self)->removed_jobs_[job] = result;
  }
  return 0;
}

// Signals come to subscribers only. Before a call that makes a job, so that none is missed.
Outcome<void> Bus::watch_jobs() {
  int result = sd_bus_match_signal(
      bus_, nullptr, nullptr, kPath, kManager, "JobRemoved", &Bus::on_job_removed, this);
  if (result < 0) return failure(result);
  const Message message = new_call(bus_, "Subscribe", result);
  if (result < 0) return failure(result);
  const Outcome<Message> reply = call(bus_, message.get());
  if (!reply && !reply.error().name.ends_with("AlreadySubscribed")) {
    return std::unexpected(reply.error());
  }
  return {};
}

Outcome<void> Bus::await_job(const std::string& job, const std::string& unit) {
  const auto end = std::chrono::steady_clock::now() + kJobTimeout;
  for (;;) {
    if (const auto found = removed_jobs_.find(job); found != removed_jobs_.end()) {
      if (found->second == "done") return {};
      return std::unexpected(Failure{
          .name = "",
          .text = format("systemd's job for {} ended as {}", quoted(unit), quoted(found->second))});
    }
    int result = sd_bus_process(bus_, nullptr);
    if (result < 0) return failure(result);
    if (result > 0) continue;
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return std::unexpected(Failure{
          .name = "org.freedesktop.DBus.Error.Timeout",
          .text = format(
              "systemd's job for {} took longer than {} s", quoted(unit), kJobTimeout.count())});
    }
    result = sd_bus_wait(bus_, static_cast<std::uint64_t>(left.count()));
    if (result < 0 && result != -EINTR) return failure(result);
  }
}

Outcome<std::string> Bus::try_start(const std::string& unit,
                                    std::uint32_t pid,
                                    const std::vector<Property>& properties) {
  int result = 0;
  const Message message = new_call(bus_, "StartTransientUnit", result);
  if (result >= 0) result = sd_bus_message_append(message.get(), "ss", unit.c_str(), "replace");
  if (result >= 0) result = sd_bus_message_open_container(message.get(), 'a', "(sv)");
  if (result < 0) return failure(result);
  for (const Property& property : properties) {
    result = append_property(message.get(), property);
    if (result >= 0) continue;
    return std::unexpected(Failure{.name = "org.freedesktop.DBus.Error.UnknownProperty",
                                   .text = format("property {} of type {} cannot be said: {}",
                                                  property.name,
                                                  quoted(property.type),
                                                  errno_words(-result))});
  }
  result = sd_bus_message_append(message.get(), "(sv)", "PIDs", "au", 1, pid);
  if (result >= 0) result = sd_bus_message_close_container(message.get());
  if (result >= 0) result = sd_bus_message_append(message.get(), "a(sa(sv))", 0);
  if (result < 0) return failure(result);
  const Outcome<Message> reply = call(bus_, message.get());
  if (!reply) return std::unexpected(reply.error());
  return job_of(reply->get());
}

Outcome<std::string> Bus::start_scope(const std::string& unit,
                                      std::uint32_t pid,
                                      const std::vector<Property>& properties) {
  if (Outcome<void> watching = watch_jobs(); !watching) return std::unexpected(watching.error());
  Outcome<std::string> job = try_start(unit, pid, properties);
  if (!job && job.error().name == "org.freedesktop.systemd1.UnitExists") {
    // One that failed is kept until somebody has seen it.
    if (reset_failed(unit)) job = try_start(unit, pid, properties);
  }
  if (!job) return job;
  if (Outcome<void> done = await_job(*job, unit); !done) return std::unexpected(done.error());
  return unit_group(bus_, unit);
}

Outcome<void> Bus::reset_failed(const std::string& unit) {
  int result = 0;
  const Message message = new_call(bus_, "ResetFailedUnit", result);
  if (result >= 0) result = sd_bus_message_append_basic(message.get(), 's', unit.c_str());
  if (result < 0) return failure(result);
  const Outcome<Message> reply = call(bus_, message.get());
  if (!reply) return std::unexpected(reply.error());
  return {};
}

Outcome<void> Bus::stop(const std::string& unit) {
  if (Outcome<void> watching = watch_jobs(); !watching) return watching;
  int result = 0;
  const Message message = new_call(bus_, "StopUnit", result);
  if (result >= 0) result = sd_bus_message_append(message.get(), "ss", unit.c_str(), "replace");
  if (result < 0) return failure(result);
  const Outcome<Message> reply = call(bus_, message.get());
  if (!reply) {
    if (reply.error().name != kNoSuchUnit) return std::unexpected(reply.error());
    return {};
  }
  const Outcome<std::string> job = job_of(reply->get());
  if (!job) return std::unexpected(job.error());
  if (Outcome<void> done = await_job(*job, unit); !done) return done;
  // A scope whose processes were killed may have failed; one that has not is forgotten already.
  static_cast<void>(reset_failed(unit));
  return {};
}

Outcome<void> Bus::set(const std::string& unit, const std::vector<Property>& properties) {
  int result = 0;
  const Message message = new_call(bus_, "SetUnitProperties", result);
  // true: for this run of the system only.
  if (result >= 0) result = sd_bus_message_append(message.get(), "sb", unit.c_str(), 1);
  if (result >= 0) result = sd_bus_message_open_container(message.get(), 'a', "(sv)");
  for (const Property& property : properties) {
    if (result >= 0) result = append_property(message.get(), property);
  }
  if (result >= 0) result = sd_bus_message_close_container(message.get());
  if (result < 0) return failure(result);
  const Outcome<Message> reply = call(bus_, message.get());
  if (!reply) return std::unexpected(reply.error());
  return {};
}

Outcome<void> Bus::attach(const std::string& unit, std::uint32_t pid) {
  int result = 0;
  const Message message = new_call(bus_, "AttachProcessesToUnit", result);
  if (result >= 0) {
    result = sd_bus_message_append(message.get(), "ssau", unit.c_str(), "/", 1, pid);
  }
  if (result < 0) return failure(result);
  const Outcome<Message> reply = call(bus_, message.get());
  if (!reply) return std::unexpected(reply.error());
  return {};
}

}  // namespace isle::systemd
