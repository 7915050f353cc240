// The program isle-systemd: a thin servant of one islet, which it believes all it says; what it may
// do is what systemd lets this user do.

#include "systemd/program.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "systemd/bus.h"

namespace isle::systemd {

namespace {

std::string text_of(const json::Value& document, std::string_view key) {
  const json::Value* value = document.find(key);
  return value == nullptr || value->string() == nullptr ? "" : *value->string();
}

std::uint32_t pid_of(const json::Value& request) {
  const json::Value* value = request.find("pid");
  if (value == nullptr || value->integer() == nullptr) return 0;
  return static_cast<std::uint32_t>(*value->integer());
}

std::vector<Property> properties_of(const json::Value& request) {
  std::vector<Property> properties;
  const json::Value* list = request.find("properties");
  if (list == nullptr || list->array() == nullptr) return properties;
  for (const json::Value& item : *list->array()) {
    Property property{.name = text_of(item, "name"), .type = text_of(item, "type"), .values = {}};
    const json::Value* values = item.find("values");
    if (values == nullptr || values->array() == nullptr) continue;
    for (const json::Value& value : *values->array()) {
      if (value.string() != nullptr) property.values.push_back(*value.string());
    }
    properties.push_back(std::move(property));
  }
  return properties;
}

Outcome<std::string> nothing(const Outcome<void>& outcome) {
  if (!outcome) return std::unexpected(outcome.error());
  return "";
}

class Servant {
 public:
  explicit Servant(bool user) : user_(user) {}

  json::Value answer(std::string_view text) {
    const Result<json::Value> request = json::parse(text);
    const Outcome<std::string> group =
        request ? perform(*request)
                : std::unexpected(Failure{.name = "", .text = request.error().describe()});
    json::Value reply;
    if (group) {
      reply["group"] = *group;
    } else {
      reply["error"] = group.error().text;
      reply["name"] = group.error().name;
    }
    return reply;
  }

 private:
  bool user_;
  std::unique_ptr<Bus> bus_;

  Outcome<std::string> perform(const json::Value& request) {
    if (bus_ == nullptr) {
      Outcome<std::unique_ptr<Bus>> opened = Bus::open(user_);
      if (!opened) return std::unexpected(opened.error());
      bus_ = std::move(*opened);
    }
    const std::string call = text_of(request, "call");
    const std::string unit = text_of(request, "unit");
    if (call == "group") return bus_->manager_group();
    if (call == "start") return bus_->start_scope(unit, pid_of(request), properties_of(request));
    if (call == "stop") return nothing(bus_->stop(unit));
    if (call == "set") return nothing(bus_->set(unit, properties_of(request)));
    if (call == "attach") return nothing(bus_->attach(unit, pid_of(request)));
    return std::unexpected(Failure{.name = "", .text = "unknown call " + quoted(call)});
  }
};

}  // namespace

int systemd_main(std::span<char* const> arguments) {
  const std::string_view manager = arguments.size() == 2 ? arguments[1] : "";
  if (manager != "system" && manager != "user") {
    (void)std::fputs("isle-systemd is started by islet, not by hand\n", stderr);
    return 2;
  }
  Servant servant(manager == "user");
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t size = recv(STDIN_FILENO, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return 0;
    const std::string reply =
        json::write(servant.answer({buffer.data(), static_cast<std::size_t>(size)}));
    if (send(STDIN_FILENO, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return 1;
  }
}

}  // namespace isle::systemd
