// The request as isle-monitor's argv: --NAME VALUE, switches, then -- and the clean-up command.
// One table for both directions, so that they cannot differ.

#include <span>

#include "base/strings.h"
#include "monitor/spawn.h"

namespace isle::monitor {

namespace {

using Text = std::string;

// A member as text: empty means its default, and is not written.
Text show(const Text& value) { return value; }
Text show(const HostPath& value) { return value.str(); }
Text show(unsigned value) { return value == 0 ? Text() : std::to_string(value); }
Text show(int value) { return std::to_string(value); }
Text show(Measure value) {
  return value == Measure::No ? "" : value == Measure::Words ? "words" : "json";
}

Result<void> take(Text& member, const Text& value, std::string_view) {
  member = value;
  return {};
}
Result<void> take(HostPath& member, const Text& value, std::string_view name) {
  // The monitor leaves the caller's working directory.
  if (!value.starts_with('/')) {
    return fail(ErrorKind::InvalidArgument, format("{} {} is not absolute", name, quoted(value)));
  }
  member = HostPath(value);
  return {};
}
Result<void> take(unsigned& member, const Text& value, std::string_view name) {
  member = static_cast<unsigned>(TRY(parse_uint(value, name)));
  return {};
}
Result<void> take(int& member, const Text& value, std::string_view name) {
  member = static_cast<int>(TRY(parse_int(value, name)));
  return {};
}
Result<void> take(Measure& member, const Text& value, std::string_view name) {
  if (value != "words" && value != "json") {
    return fail(ErrorKind::InvalidArgument, format("{} is words or json, not {}", name, value));
  }
  member = value == "words" ? Measure::Words : Measure::Json;
  return {};
}

// Calls visit(name, member) for each option that has a value.
template <typename Request, typename Visit>
void each_value(Request& request, Visit visit) {
  visit("--id", request.id);
  visit("--name", request.name);
  visit("--image", request.image);
  visit("--container", request.container);
  visit("--run", request.run);
  visit("--measure", request.measure);
  visit("--preserve-fds", request.preserve_fds);
  visit("--timeout", request.timeout_seconds);
  visit("--stop-signal", request.stop_signal);
  visit("--pid-file", request.pid_file);
  visit("--cgroup-parent", request.cgroup_parent);
}

template <typename Request, typename Visit>
void each_switch(Request& request, Visit visit) {
  visit("--keep-stdin-open", request.keep_stdin_open);
  visit("--with-record", request.with_record);
  visit("--stay-in-group", request.stay_in_group);
  visit("--no-new-keyring", request.no_new_keyring);
  visit("--no-pivot", request.no_pivot);
}

// How many of `arguments` the option at their beginning takes.
Result<std::size_t> read_option(MonitorRequest& request, std::span<const Text> arguments) {
  std::size_t used = 0;
  Result<void> result;
  each_switch(request, [&](std::string_view name, bool& member) {
    if (arguments[0] == name) member = true, used = 1;
  });
  each_value(request, [&](std::string_view name, auto& member) {
    if (arguments[0] != name || arguments.size() < 2) return;
    result = take(member, arguments[1], name);
    used = 2;
  });
  TRY(std::move(result));
  if (used == 0) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no option of isle-monitor, or lacks its value", quoted(arguments[0])),
                "isle starts isle-monitor; nobody else has to");
  }
  return used;
}

}  // namespace

std::vector<std::string> write_arguments(const MonitorRequest& request) {
  std::vector<std::string> result = {"isle-monitor"};
  each_value(request, [&](std::string_view name, const auto& member) {
    Text text = show(member);
    if (text.empty()) return;
    result.emplace_back(name);
    result.push_back(std::move(text));
  });
  each_switch(request, [&](std::string_view name, bool member) {
    if (member) result.emplace_back(name);
  });
  if (!request.clean_up.empty()) {
    result.emplace_back("--");
    result.insert(result.end(), request.clean_up.begin(), request.clean_up.end());
  }
  return result;
}

Result<MonitorRequest> read_arguments(const std::vector<std::string>& arguments) {
  MonitorRequest request;
  std::span<const Text> rest(arguments);
  if (!rest.empty()) rest = rest.subspan(1);
  while (!rest.empty() && rest[0] != "--") {
    rest = rest.subspan(TRY(read_option(request, rest)));
  }
  if (!rest.empty()) request.clean_up.assign(rest.begin() + 1, rest.end());
  if (request.id.empty() || request.container.empty() || request.run.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "--id, --container and --run are needed",
                "isle starts isle-monitor; nobody else has to");
  }
  return request;
}

}  // namespace isle::monitor
