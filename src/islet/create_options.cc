#include "islet/create_options.h"

#include <cstdlib>

#include "base/strings.h"
#include "islet/console_socket.h"
#include "runtime/plan/describe.h"
#include "runtime/state/notify.h"

namespace isle::islet {

namespace {

// sd_listen_fds(3): descriptors of socket activation go on to the command, which is process 1.
Result<void> hand_on_listen_fds(runtime::CreateRequest& request) {
  const char* count_text = getenv("LISTEN_FDS");
  if (count_text == nullptr || *count_text == '\0') return {};
  const unsigned long long count = TRY(parse_uint(count_text, "LISTEN_FDS"));
  constexpr unsigned kMost = 1U << 20;
  if (count > kMost)
    return fail(ErrorKind::InvalidArgument, format("LISTEN_FDS {} is too large", count));
  if (count == 0 || !request.spec->process) return {};
  request.preserve_fds += static_cast<unsigned>(count);
  request.spec->process->env.push_back(format("LISTEN_FDS={}", count));
  request.spec->process->env.emplace_back("LISTEN_PID=1");
  return {};
}

void log_steps(const Log& log, const runtime::CreatedContainer& created) {
  if (!log.wants(Level::Debug)) return;
  const std::string plan = runtime::describe_plan(created.plan, &created.step_times);
  for (const std::string_view line : split(plan, '\n')) {
    if (!line.empty()) log.write(Level::Debug, line);
  }
}

Result<void> send_off(const Creation& creation, const runtime::CreatedContainer& created) {
  if (!creation.pidfd_socket.empty()) {
    TRY(send_pidfd(TRY(absolute(creation.pidfd_socket)), "standard", created.pidfd.get()));
  }
  if (creation.console_socket.empty()) return {};
  return send_console(TRY(absolute(creation.console_socket)), created.console.get());
}

}  // namespace

Result<Creation> read_creation(const Globals& globals, const Arguments& arguments, bool detached) {
  Creation creation;
  runtime::CreateRequest& request = creation.request;
  request.root = TRY(globals.root());
  request.id = arguments.words()[0];
  TRY(runtime::check_container_id(request.id));
  Bundle bundle = TRY(open_bundle(globals,
                                  arguments.text("bundle").value_or(""),
                                  arguments.text("config").value_or("config.json")));
  request.bundle = std::move(bundle.directory);
  request.spec = std::move(bundle.spec);
  request.config = std::move(bundle.text);
  request.no_pivot = arguments.on("no-pivot");
  request.no_new_keyring = arguments.on("no-new-keyring");
  request.preserve_fds = TRY(arguments.number("preserve-fds"));
  if (const auto file = arguments.text("pid-file")) request.pid_file = TRY(absolute(*file));
  request.measure = globals.log.wants(Level::Debug);
  request.make_cgroups = globals.make_cgroups;
  request.systemd_cgroup = globals.systemd_cgroup;
  creation.pidfd_socket = arguments.text("pidfd-socket").value_or("");
  creation.console_socket = arguments.text("console-socket").value_or("");
  TRY(check_console(request.spec->process && request.spec->process->terminal,
                    detached,
                    !creation.console_socket.empty()));
  TRY(hand_on_listen_fds(request));
  TRY(runtime::offer_notify_socket(request));
  return creation;
}

Result<runtime::CreatedContainer> create(const Globals& globals, Creation creation) {
  const HostPath root = creation.request.root;
  runtime::CreatedContainer created = TRY(runtime::create_container(std::move(creation.request)));
  for (const std::string& warning : created.warnings) globals.log.write(Level::Warning, warning);
  log_steps(globals.log, created);
  Result<void> sent = send_off(creation, created);
  if (!sent) {
    static_cast<void>(runtime::delete_own_container(root, created.state, created.remains));
    return std::unexpected(std::move(sent).error());
  }
  return created;
}

}  // namespace isle::islet
