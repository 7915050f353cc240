#include "kernel/systemd.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/json.h"
#include "base/strings.h"

namespace isle::kernel {

namespace {

json::Value property_list(const std::vector<UnitProperty>& properties) {
  json::Value list(json::Array{});
  for (const UnitProperty& property : properties) {
    json::Value item;
    item["name"] = property.name;
    item["type"] = property.type;
    item["values"] = json::Value(property.values);
    list.push_back(std::move(item));
  }
  return list;
}

struct Row {
  std::string_view name;  // of the D-Bus error
  ErrorKind kind;
  const char* hint;
};
constexpr Row kRows[] = {
    {"org.freedesktop.DBus.Error.AccessDenied", ErrorKind::Denied, "systemd lets root do this"},
    {"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
     ErrorKind::Denied,
     "systemd lets root do this; an ordinary user has a systemd of his own in a login session"},
    {"org.freedesktop.systemd1.UnitExists",
     ErrorKind::Conflict,
     "stop it with systemctl, or name another in linux.cgroupsPath"},
    {"org.freedesktop.systemd1.NoSuchUnit", ErrorKind::NotFound, ""},
    {"org.freedesktop.DBus.Error.PropertyReadOnly",
     ErrorKind::InvalidArgument,
     "this systemd does not know the property, or it cannot be set on a scope"},
    {"org.freedesktop.DBus.Error.UnknownProperty",
     ErrorKind::InvalidArgument,
     "this systemd does not know the property"},
    {"org.freedesktop.DBus.Error.Timeout", ErrorKind::Timeout, ""},
    {"isle.NoBus",
     ErrorKind::Unavailable,
     "is systemd process 1 here, and for an ordinary user, is there a session (loginctl)? without "
     "it, groups are made by --cgroup-manager=cgroupfs"},
};

std::string text_of(const json::Value& document, std::string_view key) {
  const json::Value* value = document.find(key);
  return value == nullptr || value->string() == nullptr ? "" : *value->string();
}

std::unexpected<Error> refused(const json::Value& answer, const std::string& call) {
  const std::string name = text_of(answer, "name");
  Error error{.kind = ErrorKind::System, .message = text_of(answer, "error"), .call = call};
  for (const Row& row : kRows) {
    if (row.name != name) continue;
    error.kind = row.kind;
    error.hint = row.hint;
  }
  if (error.kind == ErrorKind::Unavailable) error.call.clear();
  return std::unexpected(std::move(error));
}

std::unexpected<Error> no_answer(const std::string& call) {
  return fail(ErrorKind::System, format("isle-systemd ended without an answer to {}", call));
}

}  // namespace

Result<Systemd> Systemd::connect(Manager manager) {
  FdPair ends = TRY(make_socketpair(SOCK_SEQPACKET));
  SpawnRequest request;
  request.program = TRY(program_directory()) / "isle-systemd";
  request.arguments = {"isle-systemd", manager == Manager::User ? "user" : "system"};
  request.fds = {{.from = ends.second.get(), .to = 0}, {.from = -1, .to = 1}};
  Result<ChildProcess> program = spawn(request);
  if (!program) {
    return std::unexpected(std::move(program).error().advise(
        "it talks to systemd and belongs beside this program; without it, groups are made by "
        "--cgroup-manager=cgroupfs"));
  }
  ends.second.reset();
  Systemd systemd(std::move(*program), std::move(ends.first));
  systemd.group_ = TRY(systemd.ask(R"({"call":"group"})", "Get(ControlGroup)"));
  return systemd;
}

Systemd::~Systemd() {
  if (!program_.pidfd) return;
  socket_.reset();
  static_cast<void>(wait_for(program_.pidfd.get()));
}

Result<std::string> Systemd::ask(const std::string& request, const std::string& call) {
  if (send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    if (errno == EPIPE || errno == ECONNRESET) return no_answer(call);
    return fail_call(errno, "send(isle-systemd)");
  }
  std::array<char, 65536> buffer{};
  ssize_t size = 0;
  do {
    size = recv(socket_.get(), buffer.data(), buffer.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) return no_answer(call);
  const json::Value answer = TRY(json::parse({buffer.data(), static_cast<std::size_t>(size)}));
  if (answer.find("error") != nullptr) return refused(answer, call);
  return text_of(answer, "group");
}

Result<std::string> Systemd::start_scope(std::string_view unit,
                                         Pid pid,
                                         const std::vector<UnitProperty>& properties) {
  json::Value request;
  request["call"] = "start";
  request["unit"] = unit;
  request["pid"] = pid.value;
  request["properties"] = property_list(properties);
  Result<std::string> group = ask(json::write(request), format("StartTransientUnit({})", unit));
  // The one thing that says there is a unit which is not ours.
  started_ = group || group.error().kind != ErrorKind::Conflict;
  return group;
}

Result<void> Systemd::stop(std::string_view unit) {
  json::Value request;
  request["call"] = "stop";
  request["unit"] = unit;
  TRY(ask(json::write(request), format("StopUnit({})", unit)));
  return {};
}

Result<void> Systemd::set(std::string_view unit, const std::vector<UnitProperty>& properties) {
  if (properties.empty()) return {};
  json::Value request;
  request["call"] = "set";
  request["unit"] = unit;
  request["properties"] = property_list(properties);
  TRY(ask(json::write(request), format("SetUnitProperties({})", unit)));
  return {};
}

Result<void> Systemd::attach(std::string_view unit, Pid pid) {
  json::Value request;
  request["call"] = "attach";
  request["unit"] = unit;
  request["pid"] = pid.value;
  TRY(ask(json::write(request), format("AttachProcessesToUnit({}, {})", unit, pid.value)));
  return {};
}

}  // namespace isle::kernel
