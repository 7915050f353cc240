#include "cli/network_reload.h"

#include <poll.h>
#include <signal.h>

#include <cerrno>
#include <cstdio>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/networks.h"
#include "kernel/signal_fd.h"
#include "network/firewall_watch.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct ReloadRequest {
  bool all = false, watch = false;
};
constexpr CommandFlag<ReloadRequest> kReloadFlags[] = {
    {{"all",
      'a',
      Arity::Switch,
      nullptr,
      "Those of all running containers, as without names",
      Section::General},
     take_switch<ReloadRequest, &ReloadRequest::all>},
    {{"watch",
      0,
      Arity::Switch,
      nullptr,
      "Stay, and do it whenever somebody removes rules of isle's, until interrupted",
      Section::General},
     take_switch<ReloadRequest, &ReloadRequest::watch>},
};

// To whoever keeps the log of a service.
void say(const char* line) { static_cast<void>(std::fputs(line, stderr)); }

void make_again(const engine::Paths& paths) {
  const Result<void> made = engine::reload_networks(paths, std::nullopt);
  if (!made) complain(Error(made.error()).within("network reload"));
}

Result<void> keep_watch(const engine::Paths& paths) {
  kernel::SignalFd signals = TRY(kernel::SignalFd::create({SIGINT, SIGTERM, SIGHUP}));
  network::FirewallWatch watch = TRY(network::FirewallWatch::open());
  make_again(paths);
  say("watching the firewall\n");
  pollfd ready[] = {{.fd = watch.fd(), .events = POLLIN, .revents = 0},
                    {.fd = signals.fd(), .events = POLLIN, .revents = 0}};
  for (;;) {
    if (poll(ready, 2, -1) < 0 && errno != EINTR) return fail_call(errno, "poll()");
    if (signals.next()) return {};
    const network::FirewallChange change = TRY(watch.take());
    if (change.ours) say("somebody removed rules of isle's: they are made again\n");
    if (change.ours || change.hosts) make_again(paths);
  }
}

}  // namespace

std::vector<options::Flag> network_reload_flags() { return flags_of(kReloadFlags); }

Result<std::string> reload_networks(Arguments arguments) {
  ReloadRequest request;
  const auto names = TRY(take_flags(kReloadFlags, arguments, options::Operands::Mixed, request));
  if (request.all) TRY(check_operands("network reload --all", names, 0, 0, "container"));
  if (request.watch) TRY(check_operands("network reload --watch", names, 0, 0, "container"));
  const engine::Paths paths = TRY(engine::Paths::open());
  if (request.watch) {
    TRY(keep_watch(paths));
    return std::string();
  }
  if (engine::has_firewalld()) {
    warn(
        "firewalld filters here: it drops what containers send, unless their networks are trusted "
        "(firewall-cmd --zone=trusted --add-source=SUBNET)");
  }
  if (names.empty()) {
    TRY(engine::reload_networks(paths, std::nullopt));
    return std::string();
  }
  std::string text;
  for (const std::string_view name : names) {
    TRY(engine::reload_networks(paths, std::string(name)));
    text += format("{}\n", name);
  }
  return text;
}

}  // namespace isle::cli
