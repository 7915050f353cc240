#include "cli/output/container_json.h"

#include "base/strings.h"
#include "cli/output/listing.h"
#include "monitor/log_text.h"

namespace isle::cli {
namespace {

// What Go writes for a time that has not come.
constexpr const char* kNever = "0001-01-01T00:00:00Z";
constexpr std::int64_t kSecond = 1'000'000'000;

std::string moment(std::int64_t ns) { return ns == 0 ? kNever : monitor::log_time(ns); }

json::Value health_json(const monitor::Health& health) {
  json::Value value;
  value["Status"] = health.status;
  value["FailingStreak"] = health.failing_streak;
  json::Value& log = value["Log"];
  log = json::Value(json::Array{});
  for (const monitor::HealthProbe& probe : health.log) {
    json::Value entry;
    entry["Start"] = moment(probe.started_ns);
    entry["End"] = moment(probe.finished_ns);
    entry["ExitCode"] = probe.status;
    entry["Output"] = probe.output;
    log.push_back(std::move(entry));
  }
  return value;
}

json::Value state_json(const engine::ContainerDetail& detail) {
  const engine::Listed& listed = detail.listed;
  const bool runs = listed.running();
  const std::int64_t since =
      runs ? listed.state->created * kSecond : (listed.exit ? listed.exit->started_ns : 0);
  json::Value value;
  value["Status"] = listed.word();
  value["Running"] = runs;
  value["Paused"] = listed.status == runtime::Status::Paused;
  value["Restarting"] = listed.restarting;
  value["OOMKilled"] = listed.exit && listed.exit->oom_killed;
  value["Dead"] = false;
  value["Pid"] = runs ? listed.state->pid.value : 0;
  value["ExitCode"] = listed.exit ? listed.exit->status : 0;
  value["Error"] = listed.exit ? listed.exit->error : "";
  value["StartedAt"] = moment(since);
  value["FinishedAt"] = moment(listed.exit ? listed.exit->finished_ns : 0);
  if (detail.health) value["Health"] = health_json(*detail.health);
  return value;
}

void add_layers(const oci::Mount& root, json::Value& data) {
  std::string lowers;
  for (const std::string& option : root.options) {
    const Cut parts = cut(option, '=');
    if (parts.before == "lowerdir+") lowers.append(lowers.empty() ? "" : ":").append(parts.after);
    if (parts.before == "upperdir") data["UpperDir"] = parts.after;
    if (parts.before == "workdir") data["WorkDir"] = parts.after;
  }
  if (!lowers.empty()) data["LowerDir"] = std::move(lowers);
}

json::Value driver_json(const engine::ContainerDetail& detail) {
  json::Value data(json::Object{});
  const oci::Spec none;
  for (const oci::Mount& mount : (detail.spec ? *detail.spec : none).mounts) {
    if (mount.destination == "/") add_layers(mount, data);
  }
  if (detail.listed.running()) {
    data["MergedDir"] = format("/proc/{}/root", detail.listed.state->pid.value);
  }
  json::Value value;
  value["Name"] = detail.listed.container.storage.driver;
  value["Data"] = std::move(data);
  return value;
}

// The log of drivers that have none is nowhere.
std::string log_path(const engine::Paths& paths, const engine::ContainerDetail& detail) {
  const std::string& driver = detail.listed.container.life.log.driver;
  const bool in_file = driver.empty() || driver == "k8s-file";
  return in_file ? engine::file_of(paths, detail, "log").str() : std::string();
}

void add_command(const engine::ContainerDetail& detail, json::Value& value) {
  oci::Strings words;
  if (detail.spec && detail.spec->process) words = detail.spec->process->args;
  value["Path"] = words.empty() ? std::string() : words.front();
  if (!words.empty()) words.erase(words.begin());
  value["Args"] = words;
}

void add_files(const engine::Paths& paths,
               const engine::ContainerDetail& detail,
               json::Value& value) {
  value["ResolvConfPath"] = engine::file_of(paths, detail, "resolv.conf").str();
  value["HostnamePath"] = engine::file_of(paths, detail, "hostname").str();
  value["HostsPath"] = engine::file_of(paths, detail, "hosts").str();
  value["LogPath"] = log_path(paths, detail);
}

}  // namespace

json::Value container_json(const engine::Paths& paths, const engine::ContainerDetail& detail) {
  const engine::Listed& listed = detail.listed;
  const record::Container& container = listed.container;
  const bool has_process = detail.spec && detail.spec->process;
  json::Value value;
  value["Id"] = container.id;
  value["Created"] = moment(container.created * kSecond);
  add_command(detail, value);
  value["State"] = state_json(detail);
  value["Image"] = container.storage.root.image_digest;
  value["ImageName"] = container.storage.root.image;
  value["Rootfs"] = container.storage.root.directory;
  add_files(paths, detail, value);
  value["Name"] = container.name;
  value["RestartCount"] = detail.restarts;
  value["Driver"] = container.storage.driver;
  value["Platform"] = "linux";
  value["MountLabel"] = detail.spec && detail.spec->linux_ ? detail.spec->linux_->mount_label : "";
  value["ProcessLabel"] = has_process ? detail.spec->process->selinux_label : "";
  value["AppArmorProfile"] = has_process ? detail.spec->process->apparmor_profile : "";
  value["ExecIDs"] = json::Value(json::Array{});
  value["HostConfig"] = host_config_json(detail);
  value["GraphDriver"] = driver_json(detail);
  if (detail.size) {
    value["SizeRw"] = detail.size->own;
    value["SizeRootFs"] = detail.size->whole;
  }
  value["Mounts"] = mounts_json(paths, detail);
  value["Config"] = config_json(detail);
  value["NetworkSettings"] = network_settings_json(paths, detail);
  const json::Value own = listed_json(listed);
  for (const json::Member& member : *own.object()) value[member.key] = member.value;
  return value;
}

}  // namespace isle::cli
