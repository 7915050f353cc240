// isle stop and isle restart.
#include "engine/stop.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "engine/containers.h"
#include "engine/start.h"
#include "kernel/signal.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct StopRequest : Selection {
  engine::StopOptions options;
  bool running = false;  // restart's
};

Result<void> take_time(StopRequest& request, std::string_view value) {
  const long long seconds = TRY_STEP(parse_int(value, "seconds"), "--time");
  if (seconds < -1) {
    return fail(ErrorKind::InvalidArgument,
                format("--time cannot be {}", quoted(value)),
                "it is a number of seconds; -1 waits for ever");
  }
  request.options.timeout = seconds;
  return {};
}

Result<void> take_signal(StopRequest& request, std::string_view value) {
  request.options.signal = TRY_STEP(kernel::parse_signal(value), "--signal");
  return {};
}

constexpr CommandFlag<StopRequest> kTime = {
    {"time",
     't',
     Arity::Value,
     "SECONDS",
     "Wait this long before it is killed (default: what it was made with, or 10; -1: for ever)",
     Section::General},
    take_time};
// docker 28's name for the same.
constexpr CommandFlag<StopRequest> kTimeout = {
    {"timeout", 0, Arity::Value, "SECONDS", "The same as --time", Section::General}, take_time};
constexpr CommandFlag<StopRequest> kSignal = {{"signal",
                                               's',
                                               Arity::Value,
                                               "SIGNAL",
                                               "Ask with this signal (default: its own, or TERM)",
                                               Section::General},
                                              take_signal};
constexpr CommandFlag<StopRequest> kStopFlags[] = {kTime,
                                                   kTimeout,
                                                   kSignal,
                                                   all_flag<StopRequest>("All that run"),
                                                   kLatestFlag<StopRequest>,
                                                   kCidFileFlag<StopRequest>,
                                                   filter_flag<StopRequest>('f'),
                                                   kIgnoreFlag<StopRequest>};
constexpr CommandFlag<StopRequest> kRestartFlags[] = {
    kTime,
    kTimeout,
    kSignal,
    all_flag<StopRequest>("All there are"),
    kLatestFlag<StopRequest>,
    kCidFileFlag<StopRequest>,
    filter_flag<StopRequest>('f'),
    {{"running", 0, Arity::Switch, nullptr, "All that run", Section::General},
     take_switch<StopRequest, &StopRequest::running>}};

void tell_of_kill(const std::string& name, const engine::StopEnd& end) {
  if (!end.killed || end.waited == 0) return;
  warn(
      format("{} did not end within {} s of {}, and was killed; a process 1 ignores signals it has "
             "no handler for (isle run --init passes them on)",
             name,
             end.waited,
             kernel::signal_name(end.signal)));
}

int stop_all(const engine::Paths& paths,
             const std::vector<std::string>& names,
             const StopRequest& request) {
  int status = 0;
  for (const std::string& name : names) {
    const auto end = engine::stop(paths, name, request.options);
    if (end) {
      tell_of_kill(name, *end);
      print(name + "\n");
    } else if (!request.ignore || end.error().kind != ErrorKind::NotFound) {
      status = complain(Error(end.error()).within(format("stop {}", quoted(name))), 1);
    }
  }
  return status;
}

Result<void> restart_one(const engine::Paths& paths,
                         const std::string& name,
                         const StopRequest& request) {
  tell_of_kill(name, TRY(engine::stop(paths, name, request.options)));
  auto started = engine::start(paths, name, {}, {.warn = warn, .explain = {}});
  if (!started) return std::unexpected(std::move(started).error().error);
  return {};
}

int restart_all(const engine::Paths& paths,
                const std::vector<std::string>& names,
                const StopRequest& request) {
  int status = 0;
  for (const std::string& name : names) {
    const auto restarted = restart_one(paths, name, request);
    if (restarted) {
      print(name + "\n");
    } else {
      status = complain(Error(restarted.error()).within(format("restart {}", quoted(name))), 1);
    }
  }
  return status;
}

bool is_up(const engine::Listed& listed) { return listed.running() || listed.restarting; }
bool is_any(const engine::Listed& /*listed*/) { return true; }

template <std::size_t Count, typename Work>
int with_names(const char* command,
               const CommandFlag<StopRequest> (&flags)[Count],
               Arguments arguments,
               Eligible eligible,
               Work work) {
  if (wants_help(arguments)) return print_command_help(*find_command(command), flags_of(flags));
  StopRequest request;
  const auto given = take_flags(flags, arguments, options::Operands::Mixed, request);
  if (!given) return complain(given.error());
  if (request.running) {
    request.all = true;
    eligible = is_up;
  }
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto names =
      select(*paths, command, request, *given, eligible, "isle ps lists those that run");
  return names ? work(*paths, *names, request) : complain(names.error());
}

}  // namespace

int stop_command(Arguments arguments) {
  return with_names("stop", kStopFlags, arguments, is_up, stop_all);
}

int restart_command(Arguments arguments) {
  return with_names("restart", kRestartFlags, arguments, is_any, restart_all);
}

}  // namespace isle::cli
