#include "runtime/state/container.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/beneath.h"
#include "kernel/process_stat.h"
#include "runtime/state/document.h"
#include "runtime/state/files.h"

namespace isle::runtime {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::Creating: return "creating";
    case Status::Created: return "created";
    case Status::Running: return "running";
    case Status::Paused: return "paused";
    case Status::Stopped: return "stopped";
  }
  return "unknown";
}

HostPath state_directory(const HostPath& root, std::string_view id) { return root / id; }

Result<void> check_container_id(std::string_view id) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-";
  if (id.empty() || id.size() > 1024 || id.find_first_not_of(kAllowed) != std::string_view::npos ||
      id[0] == '.' || id[0] == '-') {
    return fail(ErrorKind::InvalidArgument,
                format("{} is not a container id", quoted(id)),
                "letters, digits and _ . + - are allowed, not beginning with . or -, at most 1024");
  }
  return {};
}

namespace {
constexpr const char* kStateFile = "state.json";

HostPath state_file(const HostPath& root, std::string_view id) {
  return state_directory(root, id) / kStateFile;
}

Result<std::string> read_state_file(const HostPath& root, std::string_view id, int opened) {
  if (opened < 0) return kernel::read_small_file(state_file(root, id));
  const kernel::UniqueFd file =
      TRY(kernel::open_beneath(opened, format("{}/{}", id, kStateFile), O_RDONLY));
  return kernel::read_small(file.get());
}

}  // namespace

namespace {
// A directory that outlived a reboot: whoever has these numbers now, at the same time after the
// boot perhaps, is a stranger.
void forget_other_boot(ContainerState& state) {
  constexpr std::uint64_t kNever = INT64_MAX;
  if (state.boot.empty() || boot_id().empty() || state.boot == boot_id()) return;
  state.pid_start = state.creator_start = state.keeper_start = kNever;
}
}  // namespace

const std::string& boot_id() {
  static const std::string kId = [] {
    const auto text = kernel::read_file(HostPath("/proc/sys/kernel/random/boot_id"));
    return text ? std::string(trim(*text)) : std::string();
  }();
  return kId;
}

Result<ContainerState> load_state(const HostPath& root, std::string_view id, int opened) {
  TRY(check_container_id(id));
  const Result<std::string> text = read_state_file(root, id, opened);
  if (!text) {
    if (text.error().errnum == ENOENT) {
      return fail(ErrorKind::NotFound, format("container {} does not exist", quoted(id)));
    }
    return std::unexpected(text.error());
  }
  const auto damaged = [&](Error error) {
    error.kind = ErrorKind::Corrupt;
    return std::unexpected(
        std::move(error)
            .within("the state of container " + quoted(id) + " in " + state_file(root, id).str())
            .advise("delete --force removes what is left of it"));
  };
  Result<ContainerState> state = parse_state(*text);
  if (!state) return damaged(state.error());
  forget_other_boot(*state);
  if (state->id != id) {
    return damaged(
        fail(ErrorKind::Corrupt, format("it is that of container {}", quoted(state->id))).error());
  }
  // A `start` that was killed may have let init go on without writing that down.
  if (!state->started && state->pid.value != 0) {
    state->started = is_alive(*state) && !waits_for_start(root, id);
  }
  return state;
}

Result<void> save_state(const HostPath& root, const ContainerState& state) {
  return kernel::replace_file(state_file(root, state.id), write_state(state), 0600, false);
}

Result<StateList> list_states(const HostPath& root) {
  StateList list;
  DIR* directory = opendir(root.c_str());
  if (directory == nullptr) {
    if (errno == ENOENT) return list;
    return fail_call(errno, format("opendir({})", root.str()));
  }
  while (const dirent* entry = readdir(directory)) {
    const std::string id = entry->d_name;
    struct stat info{};
    // Other things live beside the containers: the seccomp cache.
    if (id[0] == '.' || stat(state_file(root, id).c_str(), &info) != 0) continue;
    Result<ContainerState> state = load_state(root, id);
    if (state)
      list.states.push_back(std::move(*state));
    else if (state.error().kind != ErrorKind::NotFound)
      list.broken.push_back(state.error());
  }
  closedir(directory);
  return list;
}

namespace {

// Waits at most 30 s. A POSIX lock, not flock(2): that would belong to init as well, which inherits
// the descriptor.
Result<void> await_lock(int file, std::string_view id) {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  constexpr int kTries = 3000;
  for (int attempt = 0; fcntl(file, F_SETLK, &lock) != 0; ++attempt) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR)
      return fail_call(errno, "fcntl(F_SETLK)");
    if (attempt >= kTries) {
      struct flock holder = lock;
      fcntl(file, F_GETLK, &holder);
      return fail(ErrorKind::Timeout,
                  format("container {} is locked by process {} for 30 s", quoted(id), holder.l_pid),
                  "that process may be stopped or hang: look at it, then try again");
    }
    constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 10'000'000};
    nanosleep(&kPause, nullptr);
  }
  return {};
}

// The holder before us may have removed the container, and its lock with it.
bool is_still_named(int file, const HostPath& path) {
  struct stat held{};
  struct stat named{};
  return fstat(file, &held) == 0 && stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

Result<kernel::UniqueFd> lock_container(const HostPath& root, std::string_view id) {
  TRY(check_container_id(id));
  const HostPath path = state_directory(root, id) / "lock";
  for (;;) {
    Result<kernel::UniqueFd> file = kernel::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (!file) {
      if (file.error().errnum == ENOENT) {
        return fail(ErrorKind::NotFound, format("container {} does not exist", quoted(id)));
      }
      return file;
    }
    TRY(await_lock(file->get(), id));
    if (is_still_named(file->get(), path)) return file;
  }
}

std::uint64_t start_time_of(Pid pid) {
  const auto stat = kernel::read_process_stat(pid);
  return stat ? stat->start : 0;
}

namespace {
// Its state's letter, proc(5); '?' of one that cannot be asked, as when this process has no
// descriptors left: that is no reason to call it dead. nullopt: it lives no more.
std::optional<char> living_state(Pid pid, std::uint64_t start) {
  if (pid.value <= 0) return std::nullopt;
  const auto stat = kernel::read_process_stat(pid);
  if (!stat) {
    const int errnum = stat.error().errnum;
    return errnum == ENOENT || errnum == ESRCH ? std::nullopt : std::optional('?');
  }
  if (stat->start != start || stat->state == 'X') return std::nullopt;
  if (stat->state == 'Z' && stat->threads <= 1) return std::nullopt;
  return stat->state;
}

bool lives(Pid pid, std::uint64_t start) { return living_state(pid, start).has_value(); }
}  // namespace

bool is_alive(const ContainerState& state) { return lives(state.pid, state.pid_start); }

namespace {
// "FROZEN" of v1's freezer, "1" of v2; nullopt: there is no such file.
std::optional<bool> has_text(const HostPath& file, std::string_view frozen) {
  const Result<std::string> text = kernel::read_small_file(file);
  if (!text) return std::nullopt;
  return trim(*text) == frozen;
}

// A list of a thousand containers asks each of them, so the file that should have it is asked
// first, and not at all where init's own state tells: v1's freezer leaves no process asleep or
// running, it is D, as one that waits for a disk is.
bool is_paused(const ContainerState& state, char init) {
  for (const std::string& directory : state.cgroup_directories) {
    if (directory.find("/freezer/") == std::string::npos) continue;
    if (init == 'S' || init == 'R') return false;
    if (const auto paused = has_text(HostPath(directory) / "freezer.state", "FROZEN")) {
      return *paused;
    }
  }
  for (const std::string& directory : state.cgroup_directories) {
    const HostPath group(directory);
    if (has_text(group / "freezer.state", "FROZEN").value_or(false)) return true;
    if (has_text(group / "cgroup.freeze", "1").value_or(false)) return true;
  }
  return false;
}
}  // namespace

bool has_lost_keeper(const ContainerState& state) {
  return state.keeper.value != 0 && !lives(state.keeper, state.keeper_start);
}

bool is_abandoned(const ContainerState& state) {
  return !is_alive(state) && has_lost_keeper(state);
}

Status status_of(const ContainerState& state) {
  if (lives(state.creator, state.creator_start)) return Status::Creating;
  const std::optional<char> init = living_state(state.pid, state.pid_start);
  if (!init) return Status::Stopped;
  if (!state.started) return Status::Created;
  return is_paused(state, *init) ? Status::Paused : Status::Running;
}

}  // namespace isle::runtime
