#include "engine/isolation.h"

#include <limits.h>
#include <unistd.h>

#include "base/strings.h"
#include "engine/isolation_words.h"
#include "kernel/capability.h"
#include "kernel/fd.h"

namespace isle::engine {
namespace {

std::string link_of(const std::string& path) {
  char text[PATH_MAX];
  const ssize_t length = readlink(path.c_str(), text, sizeof text);
  return length < 0 ? "" : std::string(text, static_cast<std::size_t>(length));
}

std::string file_of(const std::string& path) {
  return kernel::read_file(HostPath(path), std::size_t{4} << 20).value_or("");
}

json::Value lines(std::string_view text, char separator) {
  json::Value list(json::Array{});
  for (std::string_view line : split(text, separator)) {
    if (!line.empty()) list.push_back(line);
  }
  return list;
}

// Each kind: its link, and whether the host's own processes are in it too.
json::Value namespaces_of(const std::string& proc) {
  json::Value value;
  for (const char* kind : {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}) {
    const std::string inside = link_of(format("{}/ns/{}", proc, kind));
    json::Value& entry = value[kind];
    entry["id"] = inside;
    entry["own"] = inside != link_of(format("/proc/self/ns/{}", kind));
  }
  return value;
}

std::string status_value(std::string_view status, std::string_view key) {
  for (std::string_view line : split(status, '\n')) {
    const Cut parts = cut(line, ':');
    if (parts.before == key) return std::string(trim(parts.after));
  }
  return {};
}

void add_powers(json::Value& value, const std::string& status) {
  const auto capabilities = kernel::parse_capability_status(status);
  if (capabilities) {
    value["capabilities"]["effective"] = kernel::capability_names(capabilities->effective);
    value["capabilities"]["bounding"] = kernel::capability_names(capabilities->bounding);
    value["capabilities"]["inheritable"] = kernel::capability_names(capabilities->inheritable);
  }
  const std::string seccomp = status_value(status, "Seccomp");
  value["seccomp"] = seccomp == "2" ? "filter" : seccomp == "1" ? "strict" : "none";
  value["noNewPrivileges"] = status_value(status, "NoNewPrivs") == "1";
  value["uids"] = status_value(status, "Uid");
  value["gids"] = status_value(status, "Gid");
  value["groups"] = status_value(status, "Groups");
  value["pidOnEachLevel"] = status_value(status, "NSpid");
}

}  // namespace

Result<json::Value> isolation_of(const Listed& listed) {
  if (!listed.running()) {
    return fail(ErrorKind::Conflict,
                "it does not run: nothing is isolated now",
                "isle ps lists those that run");
  }
  const std::string proc = format("/proc/{}", listed.state->pid.value);
  json::Value value;
  value["id"] = listed.container.id;
  value["name"] = listed.container.name;
  value["pid"] = listed.state->pid.value;
  value["namespaces"] = namespaces_of(proc);
  value["uidMap"] = lines(file_of(proc + "/uid_map"), '\n');
  value["gidMap"] = lines(file_of(proc + "/gid_map"), '\n');
  add_powers(value, file_of(proc + "/status"));
  value["cgroups"] = lines(file_of(proc + "/cgroup"), '\n');
  value["environment"] = lines(file_of(proc + "/environ"), '\0');
  value["mounts"] = lines(file_of(proc + "/mounts"), '\n');
  value["root"] = link_of(proc + "/root");
  value["words"] = isolation_words(value);
  return value;
}

}  // namespace isle::engine
