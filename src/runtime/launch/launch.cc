// The parent's way through the plan. See runtime/report.h for who says what to whom.

#include "runtime/launch/launch.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/strings.h"
#include "kernel/resctrl.h"
#include "kernel/seccomp_cache.h"
#include "kernel/signal.h"
#include "network/dns_client.h"
#include "network/wire.h"
#include "runtime/launch/freeze.h"
#include "runtime/launch/hooks.h"
#include "runtime/launch/idmap.h"
#include "runtime/launch/message.h"
#include "runtime/launch/progress.h"
#include "runtime/launch/seccomp_agent.h"
#include "runtime/launch/stage.h"
#include "runtime/launch/target.h"

namespace isle::runtime::launch {

namespace {

class Launcher {
 public:
  Launcher(const LaunchPlan& plan, LaunchIo io, Progress progress)
      : plan_(plan), io_(std::move(io)), progress_(std::move(progress)) {}
  ~Launcher() {
    if (!done_) give_up();
  }
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  Result<Launched> run() {
    start_ = real_time_ns();
    TRY(prepare());
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      const Step& step = plan_.steps[i];
      const bool beside_init = step.actor == Actor::Stage && init_cloned_;
      if (step.actor != Actor::Parent && !beside_init) {
        if (std::holds_alternative<op::Clone>(step.operation)) init_cloned_ = true;
        continue;
      }
      TRY_STEP(beside_init ? beside(step) : perform(step, i),
               format("step {} of {}, {}", i + 1, plan_.steps.size(), step.what));
      if (progress_.times() != nullptr) progress_.times()[i] = real_time_ns();
    }
    TRY(finish());
    done_ = true;
    return Launched{.pid = init_.pid,
                    .pidfd = std::move(init_.pidfd),
                    .console = std::move(console_),
                    .names = std::move(names_),
                    .step_times = progress_.durations(plan_, start_),
                    .warnings = std::move(warnings_)};
  }

 private:
  const LaunchPlan& plan_;
  LaunchIo io_;
  Progress progress_;
  Slots slots_;
  Frozen frozen_;
  kernel::UniqueFd parent_end_, child_end_;
  Child stage_, init_;
  bool frozen_ready_ = false, init_cloned_ = false, ended_ = false, done_ = false;
  kernel::UniqueFd console_, names_;
  const op::JoinResctrl* resctrl_ = nullptr;                        // joined
  std::vector<std::pair<MovedNetDevice, kernel::UniqueFd>> moved_;  // with their namespace
  std::int64_t start_ = 0;
  std::vector<std::string> warnings_;

  Result<void> prepare() {
    TRY(open_slots(slots_, plan_));
    slots_.start_listener = std::move(io_.start_listener);
    if (io_.target.value > 0) TRY(open_target(slots_, io_.target, io_.target_start));
    kernel::FdPair pair = TRY(kernel::make_socketpair(SOCK_SEQPACKET));
    parent_end_ = std::move(pair.first);
    child_end_ = std::move(pair.second);
    if (plan_.filter) {
      frozen_.seccomp = TRY(kernel::compile_cached(*plan_.filter, io_.seccomp_cache)).program;
    }
    return {};
  }

  // ---- the parent's steps ----------------------------------------------------------------

  Result<void> perform(const Step& step, std::size_t index) {
    return std::visit([&](const auto& operation) { return act(operation, index); }, step.operation);
  }

  template <typename T>
  Result<void> act(const T&, std::size_t) {
    return fail(ErrorKind::Internal, "the parent has no such step");
  }

  Result<void> act(const op::MakeCgroup& operation, std::size_t) {
    TRY(io_.group->create(
        {.required = plan_.cgroup->required, .join_existing = operation.in_scope}));
    return {};
  }
  Result<void> act(const op::StartScope& operation, std::size_t) {
    TRY(await_init());
    const std::string group =
        TRY(io_.systemd->start_scope(operation.unit, init_.pid, operation.properties));
    if (group == operation.group) return {};
    return fail(ErrorKind::Conflict,
                format("systemd has put the container into control group {}, not {}",
                       quoted(group),
                       quoted(operation.group)),
                "its manager sees another root of the control groups than this process");
  }
  Result<void> act(const op::AttachToScope& operation, std::size_t) {
    TRY(await_init());
    return io_.systemd->attach(operation.unit, init_.pid);
  }
  Result<void> act(const op::WriteCgroup& operation, std::size_t) {
    TRY(io_.group->apply(operation.write));
    return {};
  }
  Result<void> act(const op::CgroupDevices&, std::size_t) {
    return io_.group->restrict_devices(*plan_.cgroup->devices);
  }
  Result<void> act(const op::AttachCgroup& operation, std::size_t) {
    TRY(await_init());
    return attach(*io_.group, init_.pid, operation.part, io_.target);
  }
  Result<void> act(const op::OpenTree& operation, std::size_t) {
    slots_.trees[operation.tree.index] = TRY(open_source_tree(operation));
    return {};
  }
  Result<void> act(const op::MakeOverlay& operation, std::size_t) {
    slots_.trees[operation.tree.index] = TRY(make_overlay(operation));
    return {};
  }
  Result<void> act(const op::ServeRoot& operation, std::size_t) {
    slots_.trees[operation.tree.index] = TRY(serve_root(operation));
    return {};
  }
  Result<void> act(const op::OpenNode& operation, std::size_t) {
    slots_.trees[operation.tree.index] = TRY(open_node(operation));
    return {};
  }
  Result<void> act(const op::Clone& operation, std::size_t) {
    TRY(make_ready(operation));
    if (operation.makes_stage) {
      Forked forked = TRY(fork_stage());
      if (forked.in_child) {
        parent_end_.reset();
        frozen_.program.parent_fd = -1;
        run_first_stage({.plan = plan_,
                         .slots = slots_,
                         .program = frozen_.program,
                         .report_fd = child_end_.get(),
                         .times = progress_.times()});
      }
      stage_ = std::move(forked.child);
    } else {
      init_ = TRY(clone_init(
          {.flags = operation.flags, .cgroup = operation.into_cgroup ? slots_.cgroup : -1},
          frozen_.program));
      init_cloned_ = true;
      if (io_.on_init) TRY(io_.on_init(init_.pid));
    }
    child_end_.reset();
    return {};
  }
  Result<void> act(const op::WriteIdMap& operation, std::size_t) {
    const Pid target = plan_.uses_stage ? stage_.pid : init_.pid;
    return write_id_map(slots_.proc.get(), target, operation);
  }
  Result<void> act(const op::OomScore& operation, std::size_t) {
    TRY(await_init());
    const HostPath path(format("/proc/{}/oom_score_adj", init_.pid.value));
    Result<void> written = kernel::write_existing(path, std::to_string(operation.value));
    if (!written && written.error().errnum == EACCES) {
      warnings_.push_back(
          format("the OOM score stays as the caller's: lowering it to {} needs CAP_SYS_RESOURCE",
                 operation.value));
      return {};
    }
    return written;
  }
  Result<void> act(const op::RunHooks& operation, std::size_t) {
    const auto& hooks =
        operation.kind == "prestart" ? plan_.hooks->prestart : plan_.hooks->create_runtime;
    return run_hooks(operation.kind, hooks, io_.state_json(init_.pid));
  }
  Result<void> act(const op::JoinResctrl& operation, std::size_t) {
    TRY(await_init());
    const kernel::ResctrlMaking making = operation.made_for_container ? kernel::ResctrlMaking::New
                                         : operation.must_exist ? kernel::ResctrlMaking::MustExist
                                                                : kernel::ResctrlMaking::MayExist;
    TRY(kernel::join_resctrl(group_of(operation), making, operation.schemata, init_.pid));
    resctrl_ = &operation;
    return {};
  }
  Result<void> act(const op::FindSeccompAgent& operation, std::size_t) {
    return find_agent(operation.path);
  }
  Result<void> act(const op::WritePidFile& operation, std::size_t) {
    TRY(await_init());
    return kernel::replace_file(
        HostPath(operation.path), std::to_string(init_.pid.value), 0644, false);
  }
  Result<void> act(const op::ProvideHostDevice& operation, std::size_t) {
    return network::provide_host_device(plan_.wiring->attachments[operation.attachment]);
  }
  Result<void> act(const op::ConnectNetwork& operation, std::size_t) {
    TRY(await_init());
    const kernel::UniqueFd space = TRY(network_of(init_, -1));
    return network::connect(plan_.wiring->attachments[operation.attachment], space.get());
  }
  Result<void> act(const op::ServeNames&, std::size_t) {
    const kernel::UniqueFd space = TRY(network_of(init_, -1));
    names_ = TRY(network::serve_names(*plan_.wiring, space.get()));
    return {};
  }
  Result<void> act(const op::OpenFirewall&, std::size_t) { return network::publish(*plan_.wiring); }
  Result<void> act(const op::ReceiveConsole&, std::size_t) {
    while (!console_) TRY(receive());
    return {};
  }
  Result<void> act(const op::Notify& operation, std::size_t) {
    if (operation.barrier != Barrier::UserMade) TRY(await_init());
    Report report{};
    report.kind = ReportKind::Go;
    report.barrier = operation.barrier;
    if (send(parent_end_.get(), &report, sizeof report, MSG_NOSIGNAL) >= 0) return {};
    if (errno != EPIPE && errno != ECONNRESET) return fail_call(errno, "send(go on)");
    // It died; what it said before comes first.
    for (;;) TRY(receive());
  }
  Result<void> act(const op::Await& operation, std::size_t) {
    for (;;) {
      const Report report = TRY(receive());
      if (report.kind == ReportKind::Reached && report.barrier == operation.barrier) return {};
    }
  }

  Result<void> beside(const Step& step) {
    TRY(await_init());
    if (const auto* move = std::get_if<op::MoveNetDevice>(&step.operation)) {
      kernel::UniqueFd space = TRY(network_of(init_, slots_.number(move->space)));
      moved_.emplace_back(TRY(run_net_device(*move, space.get())), std::move(space));
      return {};
    }
    return run_beside_init(step, init_, plan_, io_.state_json(init_.pid));
  }

  // Everything that init and stage inherit is made before the first clone.
  Result<void> make_ready(const op::Clone& operation) {
    if (frozen_ready_) return {};
    frozen_ready_ = true;
    if (plan_.cgroup && io_.group->v2_directory() != nullptr && wants_cgroup_fd(operation)) {
      slots_.cgroup = TRY(io_.group->clone_fd());
    }
    if (joins_by_itself()) slots_.doors = TRY(io_.group->open_doors());
    freeze(frozen_, plan_, slots_, io_.stdio);
    frozen_.program.report_fd = child_end_.get();
    frozen_.program.parent_fd = parent_end_.get();
    frozen_.program.proc_fd = slots_.proc.get();
    frozen_.program.progress = progress_.step();
    frozen_.program.times = progress_.times();
    return {};
  }

  bool joins_by_itself() const {
    return std::ranges::any_of(plan_.steps, [](const Step& step) {
      return std::holds_alternative<op::JoinGroups>(step.operation);
    });
  }

  bool wants_cgroup_fd(const op::Clone& operation) const {
    if (operation.into_cgroup) return true;
    for (const Step& step : plan_.steps) {
      const auto* clone = std::get_if<op::Clone>(&step.operation);
      if (clone != nullptr && clone->into_cgroup) return true;
    }
    return false;
  }

  // ---- messages --------------------------------------------------------------------------

  Result<void> await_init() {
    while (init_.pid.value == 0) TRY(receive());
    return {};
  }

  // The next message; failures and the end of init are errors.
  Result<Report> receive() {
    std::optional<Message> message = TRY(receive_message(parent_end_.get()));
    if (!message) {
      ended_ = true;
      return std::unexpected(died());
    }
    const Report& report = message->report;
    if (report.kind == ReportKind::Failed) return std::unexpected(step_error(plan_, report));
    if (report.kind == ReportKind::Made) TRY(adopt_init({report.value}));
    if (report.kind == ReportKind::Console) console_ = std::move(message->fd);
    if (report.kind == ReportKind::Listener) {
      TRY(send_listener(
          *plan_.decided_by_agent, init_.pid, io_.state_json(init_.pid), message->fd));
    }
    return report;
  }

  // The stage cloned it as our child, so its pid is not reused before we reap it.
  Result<void> adopt_init(Pid pid) {
    init_.pid = pid;
    init_.pidfd = TRY(kernel::open_pidfd(pid));
    init_cloned_ = true;
    wait_child(stage_);
    stage_ = {};
    return io_.on_init ? io_.on_init(pid) : Result<void>();
  }

  // The other end is gone without a report: what became of init?
  Error died() {
    Report report{};
    report.step = *progress_.step();
    siginfo_t info{};
    // Its descriptors close before it can be waited for; after exec it may live for long.
    const int patience = reached_exec() ? WNOHANG : 0;
    const bool known = init_.pid.value > 0 && waitid(P_PID,
                                                     static_cast<id_t>(init_.pid.value),
                                                     &info,
                                                     WEXITED | WNOWAIT | patience | __WALL) == 0;
    Error error = step_error(plan_, report);
    error.kind = ErrorKind::System;
    if (known && info.si_pid != 0 && info.si_code != CLD_EXITED) {
      error.message = format("init was killed by {}", kernel::signal_name(info.si_status));
      error.hint = info.si_status == SIGSYS
                       ? "the seccomp profile forbids a call that init still needs"
                       : "perhaps the memory limit is too small to start anything";
    } else {
      error.message = "init ended early";
    }
    return error;
  }

  // Until exec has succeeded (end of file), or init waits for start.
  Result<void> finish() {
    TRY(await_init());
    for (;;) {
      const Result<Report> report = receive();
      if (!report) {
        if (ended_ && reached_exec()) return {};
        return std::unexpected(report.error());
      }
      if (report->kind == ReportKind::Reached && report->barrier == Barrier::ReadyToExec) return {};
    }
  }

  // At the end of file: was exec, or the end that was planned, the step under way? A death after it
  // is the command's own.
  bool reached_exec() {
    const std::size_t step = *progress_.step();
    if (plan_.ends_by_itself && step + 1 == plan_.steps.size()) return true;
    return std::holds_alternative<op::Exec>(plan_.steps[step].operation);
  }

  static kernel::ResctrlGroup group_of(const op::JoinResctrl& operation) {
    return {
        .root = HostPath(operation.root), .group = operation.group, .monitor = operation.monitor};
  }

  void give_up() {
    parent_end_.reset();
    // A stage that is still alive may be about to clone init: it goes first.
    if (stage_.pid.value > 0) end_child(stage_);
    for (const auto& [device, space] : moved_) {
      static_cast<void>(run_net_device_return(device, space.get()));
    }
    end_child(init_);
    if (resctrl_ != nullptr) {
      static_cast<void>(kernel::remove_resctrl(group_of(*resctrl_), resctrl_->made_for_container));
    }
  }
};

}  // namespace

Result<Launched> launch(const LaunchPlan& plan, LaunchIo io) {
  Progress progress = TRY(Progress::create(plan.steps.size(), io.measure));
  return Launcher(plan, std::move(io), std::move(progress)).run();
}

}  // namespace isle::runtime::launch
