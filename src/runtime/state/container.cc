#include "runtime/state/container.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "base/json.h"
#include "base/strings.h"
#include "kernel/cgroup/group.h"

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

json::Value to_json(const ContainerState& state) {
  json::Value document;
  document["id"] = state.id;
  document["bundle"] = state.bundle.str();
  document["pid"] = state.pid.value;
  document["pidStart"] = state.pid_start;
  document["started"] = state.started;
  document["created"] = state.created;
  document["owner"] = static_cast<std::int64_t>(state.owner);
  document["rootfs"] = state.rootfs.str();
  document["annotations"] = state.annotations;
  document["cgroups"] = state.cgroup_directories;
  document["namespaces"] = state.namespaces;
  if (!state.systemd_unit.empty()) {
    document["systemdUnit"] = state.systemd_unit;
    document["systemdUser"] = state.systemd_user;
  }
  return document;
}

// Reads members; the first that is missing or of another kind makes the document corrupt.
class Reader {
 public:
  explicit Reader(const json::Value& document) : document_(document) {}

  std::string text(std::string_view key) {
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->string() == nullptr) return note(key), std::string();
    return *value->string();
  }
  std::int64_t number(std::string_view key) {
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->integer() == nullptr) return note(key), 0;
    return *value->integer();
  }
  // Absent is empty.
  std::string text_if_there(std::string_view key) {
    return document_.find(key) == nullptr ? std::string() : text(key);
  }
  bool flag(std::string_view key) {
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->boolean() == nullptr) return note(key), false;
    return *value->boolean();
  }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->array() == nullptr) return note(key), out;
    for (const json::Value& item : *value->array()) {
      if (item.string() == nullptr)
        note(key);
      else
        out.push_back(*item.string());
    }
    return out;
  }
  oci::StringMap map(std::string_view key) {
    oci::StringMap out;
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->object() == nullptr) return note(key), out;
    for (const json::Member& member : *value->object()) {
      if (member.value.string() == nullptr)
        note(key);
      else
        out[member.key] = *member.value.string();
    }
    return out;
  }
  const std::string& broken() const { return broken_; }

 private:
  const json::Value& document_;
  std::string broken_;
  void note(std::string_view key) {
    if (broken_.empty()) broken_ = key;
  }
};

Result<ContainerState> from_json(const json::Value& document) {
  Reader reader(document);
  ContainerState state;
  state.id = reader.text("id");
  state.bundle = HostPath(reader.text("bundle"));
  state.pid = {static_cast<pid_t>(reader.number("pid"))};
  state.pid_start = static_cast<std::uint64_t>(reader.number("pidStart"));
  state.started = reader.flag("started");
  state.created = reader.number("created");
  state.owner = static_cast<uid_t>(reader.number("owner"));
  state.rootfs = HostPath(reader.text("rootfs"));
  state.annotations = reader.map("annotations");
  state.cgroup_directories = reader.texts("cgroups");
  state.namespaces = reader.texts("namespaces");
  state.systemd_unit = reader.text_if_there("systemdUnit");
  state.systemd_user = !state.systemd_unit.empty() && reader.flag("systemdUser");
  if (!reader.broken().empty()) {
    return fail(ErrorKind::Corrupt,
                format("member {} is missing or of the wrong kind", quoted(reader.broken())));
  }
  return state;
}

HostPath state_file(const HostPath& root, std::string_view id) {
  return state_directory(root, id) / "state.json";
}

}  // namespace

Result<ContainerState> load_state(const HostPath& root, std::string_view id) {
  TRY(check_container_id(id));
  const HostPath path = state_file(root, id);
  const Result<std::string> text = kernel::read_file(path);
  if (!text) {
    if (text.error().errnum == ENOENT) {
      return fail(ErrorKind::NotFound, format("container {} does not exist", quoted(id)));
    }
    return std::unexpected(text.error());
  }
  const auto damaged = [&](Error error) {
    error.kind = ErrorKind::Corrupt;
    return std::unexpected(std::move(error)
                               .within("the state of container " + quoted(id) + " in " + path.str())
                               .advise("delete --force removes what is left of it"));
  };
  Result<json::Value> document = json::parse(*text);
  if (!document) return damaged(document.error());
  Result<ContainerState> state = from_json(*document);
  if (!state) return damaged(state.error());
  return state;
}

Result<void> save_state(const HostPath& root, const ContainerState& state) {
  return kernel::replace_file(state_file(root, state.id), json::write(to_json(state)), 0600, false);
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

Result<kernel::UniqueFd> lock_container(const HostPath& root, std::string_view id) {
  TRY(check_container_id(id));
  Result<kernel::UniqueFd> file =
      kernel::open_file(state_directory(root, id) / "lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  if (!file) {
    if (file.error().errnum == ENOENT) {
      return fail(ErrorKind::NotFound, format("container {} does not exist", quoted(id)));
    }
    return file;
  }
  // A POSIX lock, not flock(2): that would belong to init as well, which inherits the descriptor.
  struct flock lock{};
  lock.l_type = F_WRLCK;
  constexpr int kTries = 3000;
  for (int attempt = 0; fcntl(file->get(), F_SETLK, &lock) != 0; ++attempt) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR)
      return fail_call(errno, "fcntl(F_SETLK)");
    if (attempt >= kTries) {
      struct flock holder = lock;
      fcntl(file->get(), F_GETLK, &holder);
      return fail(ErrorKind::Timeout,
                  format("container {} is locked by process {} for 30 s", quoted(id), holder.l_pid),
                  "that process may be stopped or hang: look at it, then try again");
    }
    constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 10'000'000};
    nanosleep(&kPause, nullptr);
  }
  return file;
}

namespace {

struct ProcessStat {
  char state = 'X';
  std::uint64_t start = 0;
};

std::optional<ProcessStat> stat_of(Pid pid) {
  const Result<std::string> text = kernel::read_file(HostPath(format("/proc/{}/stat", pid.value)));
  if (!text) return std::nullopt;
  // The command in parentheses may hold anything: fields count from the last parenthesis.
  const std::size_t end = text->rfind(") ");
  if (end == std::string::npos) return std::nullopt;
  const std::vector<std::string_view> fields = split(std::string_view(*text).substr(end + 2), ' ');
  if (fields.size() < 20) return std::nullopt;
  const Result<unsigned long long> start = parse_uint(fields[19], "start time");
  if (!start) return std::nullopt;
  return ProcessStat{.state = fields[0][0], .start = *start};
}

}  // namespace

std::uint64_t start_time_of(Pid pid) {
  const std::optional<ProcessStat> stat = stat_of(pid);
  return stat ? stat->start : 0;
}

bool is_alive(const ContainerState& state) {
  if (state.pid.value <= 0) return false;
  const std::optional<ProcessStat> stat = stat_of(state.pid);
  return stat && stat->start == state.pid_start && stat->state != 'Z' && stat->state != 'X';
}

namespace {
bool is_paused(const ContainerState& state) {
  for (const std::string& directory : state.cgroup_directories) {
    const HostPath group(directory);
    for (const auto& [file, frozen] :
         {std::pair("freezer.state", "FROZEN"), std::pair("cgroup.freeze", "1")}) {
      const Result<std::string> text = kernel::read_file(group / file);
      if (text && trim(*text) == frozen) return true;
    }
  }
  return false;
}
}  // namespace

Status status_of(const ContainerState& state) {
  if (state.pid.value == 0) return Status::Creating;
  if (!is_alive(state)) return Status::Stopped;
  if (!state.started) return Status::Created;
  return is_paused(state) ? Status::Paused : Status::Running;
}

}  // namespace isle::runtime
