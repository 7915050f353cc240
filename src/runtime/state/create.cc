// create: plan, launch, remember. What is about to be made is on disk before it is made, so that
// after a crash `delete --force` finds all of it.

#include "runtime/state/create.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "oci/runtime_spec_json.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/launch/hooks.h"
#include "runtime/launch/launch.h"
#include "runtime/state/files.h"
#include "runtime/state/home.h"

namespace isle::runtime {

Result<BundleConfig> read_bundle(const HostPath& bundle,
                                 std::vector<std::string>& warnings,
                                 std::string_view config) {
  const HostPath path = config.starts_with('/') ? HostPath(std::string(config)) : bundle / config;
  Result<std::string> text = kernel::read_file(path);
  if (!text) {
    return std::unexpected(Error(text.error())
                               .within("read the bundle")
                               .advise("a bundle is a directory with config.json and a root file "
                                       "system (islet spec makes one)"));
  }
  oci::ReadSpec read = TRY_STEP(oci::read_spec(*text), path.str());
  for (const std::string& member : read.unknown) {
    warnings.push_back(format("{}: unknown member {} is ignored", path.str(), member));
  }
  return BundleConfig{.spec = std::move(read.spec), .text = *std::move(text)};
}

namespace {

class Creation {
 public:
  explicit Creation(CreateRequest request) : request_(std::move(request)) {}
  Creation(const Creation&) = delete;
  Creation& operator=(const Creation&) = delete;
  ~Creation() {
    if (made_directory_ && !complete_) undo();
  }

  Result<CreatedContainer> run() {
    TRY(take_spec());
    HostFacts facts = TRY(gather_facts());
    if (wants_systemd()) TRY(ask_systemd(facts));
    if (request_.make_cgroups) facts.may_make_cgroups = *request_.make_cgroups;
    // Hooks between create and start need a container that waits.
    waits_ = request_.wait_for_start || (spec().hooks && !spec().hooks->start_container.empty());
    complete_request();
    plan_ = TRY(make_plan(planned_, facts));
    TRY(check_room());
    TRY(claim());
    TRY(make_own_directory());
    TRY(open_group(facts));
    state_.creator = {getpid()};
    state_.creator_start = start_time_of(state_.creator);
    state_.boot = boot_id();
    if (request_.kill_with_parent) {
      state_.keeper = state_.creator;
      state_.keeper_start = state_.creator_start;
    }
    TRY(save_state(request_.root, state_));
    TRY(save_config(request_.root, request_.id, request_.config));
    launch::Launched launched = TRY(launch());
    TRY(remember(launched));
    for (std::string& warning : launched.warnings) warnings_.push_back(std::move(warning));
    complete_ = true;
    CreatedContainer created{.state = {},
                             .remains = {},
                             .pidfd = std::move(launched.pidfd),
                             .console = std::move(launched.console),
                             .names = std::move(launched.names),
                             .plan = std::move(plan_),
                             .step_times = std::move(launched.step_times),
                             .warnings = {}};
    if (waits_ && !request_.wait_for_start) TRY(start_now());
    created.remains = {.group = std::move(group_), .spec = std::move(planned_.spec)};
    created.state = std::move(state_);
    created.warnings = std::move(warnings_);
    for (const std::string& warning : created.plan.warnings) created.warnings.push_back(warning);
    return created;
  }

 private:
  CreateRequest request_;
  PlanRequest planned_;
  LaunchPlan plan_;
  ContainerState state_;
  std::optional<kernel::cgroup::Group> group_;
  std::optional<kernel::Systemd> systemd_;
  kernel::UniqueFd lock_;
  std::vector<std::string> warnings_;
  bool waits_ = false, made_directory_ = false, complete_ = false;

  const oci::Spec& spec() const { return planned_.spec; }

  // The specification as asked is kept; HOME is for this command alone.
  Result<void> take_spec() {
    if (request_.spec) {
      planned_.spec = *std::move(request_.spec);
      if (request_.config.empty()) request_.config = json::write(oci::write_spec(planned_.spec));
    } else {
      BundleConfig read = TRY(read_bundle(request_.bundle, warnings_));
      planned_.spec = std::move(read.spec);
      request_.config = std::move(read.text);
    }
    std::optional<oci::Process>& process = planned_.spec.process;
    if (process && !has_home(*process)) {
      process->env.push_back("HOME=" + home_in(rootfs(), process->user.uid));
    }
    return {};
  }

  HostPath rootfs() const {
    const std::string& root = spec().root ? spec().root->path : request_.bundle.str();
    return root.starts_with('/') ? HostPath(root) : request_.bundle / root;
  }

  void complete_request() {
    planned_.id = request_.id;
    planned_.bundle = request_.bundle;
    planned_.wait_for_start = waits_;
    planned_.no_pivot = request_.no_pivot;
    planned_.no_new_keyring = request_.no_new_keyring;
    planned_.preserve_fds = request_.preserve_fds;
    planned_.pid_file = request_.pid_file;
    planned_.kill_with_parent = request_.kill_with_parent;
    planned_.default_cgroup_prefix = request_.default_cgroup_prefix;
    planned_.systemd_cgroup = wants_systemd();
    planned_.wiring = std::move(request_.wiring);
  }

  bool wants_systemd() const {
    return request_.systemd_cgroup && request_.make_cgroups.value_or(true);
  }

  Result<void> ask_systemd(HostFacts& facts) {
    systemd_.emplace(TRY(kernel::Systemd::connect(facts.host_root() ? kernel::Manager::System
                                                                    : kernel::Manager::User)));
    return use_systemd(facts, systemd_->group());
  }

  Result<void> check_room() {
    TRY(check_container_id(request_.id));
    return make_directories(request_.root);
  }

  std::unexpected<Error> taken() const {
    return fail(ErrorKind::Conflict,
                format("container {} exists already", quoted(request_.id)),
                format("delete it first (delete --force {}), or take another name", request_.id));
  }

  // Whether what has the name is only what a killed `create` or `delete` left.
  Result<bool> is_remains() const {
    const Result<ContainerState> there = load_state(request_.root, request_.id);
    if (!there && there.error().kind == ErrorKind::NotFound) return true;
    if (!there && there.error().kind == ErrorKind::Corrupt) return false;
    if (!there) return std::unexpected(there.error());
    return there->creator.value != 0 && status_of(*there) == Status::Stopped;
  }

  // One of many wins: who holds the lock of a directory in which no container is.
  Result<void> claim() {
    const HostPath directory = state_directory(request_.root, request_.id);
    for (;;) {
      const bool made = mkdir(directory.c_str(), 0711) == 0;
      if (!made && errno != EEXIST) return fail_call(errno, format("mkdir({})", directory.str()));
      if (!made && !TRY(is_remains())) return taken();
      Result<kernel::UniqueFd> lock = lock_container(request_.root, request_.id);
      if (lock) {
        lock_ = *std::move(lock);
        break;
      }
      if (lock.error().kind != ErrorKind::NotFound) {
        if (made) remove_state(request_.root, request_.id);
        return std::unexpected(std::move(lock).error());
      }
    }
    const Result<bool> free = is_remains();
    if (!free) {
      rmdir_if_unused(directory);
      return std::unexpected(free.error());
    }
    if (!*free) return taken();
    TRY(remove_remains());
    made_directory_ = true;
    name_state();
    return {};
  }

  Result<void> make_own_directory() const {
    if (request_.own_directory.empty()) return {};
    const HostPath path = state_directory(request_.root, request_.id) / request_.own_directory;
    const bool made = mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
    if (made && chmod(path.c_str(), 0755) == 0) return {};
    return fail_call(errno, format("mkdir({})", path.str()));
  }

  // A directory in which there is no state is nobody's while we hold its lock.
  void rmdir_if_unused(const HostPath& directory) const {
    if (access((directory / "state.json").c_str(), F_OK) == 0 || errno != ENOENT) return;
    remove_state(request_.root, request_.id);
  }

  Result<void> remove_remains() const {
    const Result<ContainerState> there = load_state(request_.root, request_.id);
    if (there) TRY(remove_group(*there));
    for (const char* name : {"config.json", "start", "state.json"}) {
      unlink((state_directory(request_.root, request_.id) / name).c_str());
    }
    return {};
  }

  void name_state() {
    state_.id = request_.id;
    state_.bundle = request_.bundle;
    state_.created = time(nullptr);
    state_.owner = getuid();
    state_.rootfs = rootfs();
    state_.annotations = spec().annotations;
    if (spec().linux_) {
      for (const oci::Namespace& space : spec().linux_->namespaces)
        state_.namespaces.push_back(space.type);
    }
  }

  Result<void> open_group(const HostFacts& facts) {
    if (!plan_.cgroup) return {};
    group_ = TRY(kernel::cgroup::Group::at(
        facts.cgroups, plan_.cgroup->path, plan_.cgroup->join, plan_.cgroup->from));
    state_.cgroup_directories = group_->directories();
    state_.systemd_unit = plan_.systemd_unit;
    state_.systemd_user = facts.systemd && facts.systemd->user;
    return {};
  }

  Result<launch::Launched> launch() {
    launch::LaunchIo io{.measure = request_.measure,
                        .start_listener = {},
                        .seccomp_cache = request_.root / ".seccomp",
                        .group = group_ ? &*group_ : nullptr,
                        .systemd = systemd_ ? &*systemd_ : nullptr,
                        .state_json =
                            [this](Pid pid) {
                              ContainerState state = state_;
                              state.pid = pid;
                              // "Creating" ends before the hooks (runtime.md, "Lifecycle").
                              return hook_state(state, "created");
                            },
                        .target = {},
                        .on_init = [this](Pid pid) { return note_init(pid); }};
    for (int i = 0; i < 3; ++i) io.stdio[i] = request_.stdio[i];
    if (waits_) io.start_listener = TRY(listen_for_start(request_.root, request_.id));
    return launch::launch(plan_, std::move(io));
  }

  // Written down before init goes on: whoever comes after a crash of ours finds the process.
  Result<void> note_init(Pid pid) {
    state_.pid = pid;
    state_.pid_start = start_time_of(pid);
    state_.started = !waits_;
    return save_state(request_.root, state_);
  }

  Result<void> remember(const launch::Launched& launched) {
    state_.creator = {};
    state_.creator_start = 0;
    Result<void> saved = save_state(request_.root, state_);
    if (!saved) {
      static_cast<void>(kill(launched.pid.value, SIGKILL));
      return saved;
    }
    return state_.started ? run_poststart() : Result<void>();
  }

  // One that fails ends the container (runtime-spec 1.3, as runc and crun always had it).
  Result<void> run_poststart() {
    if (!spec().hooks || spec().hooks->poststart.empty()) return {};
    Result<void> run =
        launch::run_hooks("poststart", spec().hooks->poststart, hook_state(state_, "running"));
    if (run) return {};
    complete_ = true;
    lock_.reset();
    static_cast<void>(delete_container(request_.root, request_.id, true));
    return run;
  }

  Result<void> start_now() {
    lock_.reset();
    Result<void> started = start_container(request_.root, request_.id);
    if (!started) {
      static_cast<void>(delete_container(request_.root, request_.id, true));
      return started;
    }
    state_.started = true;
    return {};
  }

  // A group or scope that was there before is somebody's: it was the reason to fail.
  void undo() {
    if (group_ && (group_->created() || (systemd_ && systemd_->has_started()))) {
      static_cast<void>(group_->kill_all());
      if (systemd_) static_cast<void>(systemd_->stop(state_.systemd_unit));
      static_cast<void>(group_->remove());
      if (!systemd_) group_->remove_empty_parents(1);
    }
    remove_state(request_.root, request_.id);
  }
};

}  // namespace

Result<CreatedContainer> create_container(CreateRequest request) {
  return Creation(std::move(request)).run();
}

}  // namespace isle::runtime
