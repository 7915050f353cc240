#include "options/spec_builder.h"

#include <algorithm>

#include "base/strings.h"
#include "oci/default_spec.h"

namespace isle::options {
namespace {

template <typename T>
T& made(std::optional<T>& value) {
  return value ? *value : value.emplace();
}

// A mount point comes before what is mounted below it; the order is the user's otherwise.
std::size_t depth(const oci::Mount& mount) {
  return static_cast<std::size_t>(std::ranges::count(mount.destination, '/')) -
         (mount.destination == "/" ? 1 : 0);
}

}  // namespace

oci::Resources& SpecBuilder::resources() { return made(linux_().resources); }
oci::MemoryResources& SpecBuilder::memory() { return made(resources().memory); }
oci::CpuResources& SpecBuilder::cpu() { return made(resources().cpu); }
oci::BlockIoResources& SpecBuilder::block_io() { return made(resources().block_io); }

void SpecBuilder::add_namespace(std::string type, std::string path) {
  linux_().namespaces.push_back({.type = std::move(type), .path = std::move(path)});
}

bool SpecBuilder::has_namespace(std::string_view type) const {
  return std::ranges::any_of(spec.linux_->namespaces,
                             [type](const oci::Namespace& space) { return space.type == type; });
}

bool SpecBuilder::is_mapped(bool group, std::uint32_t id) const {
  const auto& map = group ? spec.linux_->gid_mappings : spec.linux_->uid_mappings;
  return !maps_ids() || std::ranges::any_of(map, [id](const oci::IdMapping& range) {
    return id >= range.container_id && id - range.container_id < range.size;
  });
}

oci::Mount* SpecBuilder::find_mount(std::string_view destination) {
  const auto found = std::ranges::find(spec.mounts, destination, &oci::Mount::destination);
  return found == spec.mounts.end() ? nullptr : &*found;
}

Result<void> SpecBuilder::need_controller(kernel::cgroup::Controller controller,
                                          std::string_view option) const {
  const std::string_view name = kernel::cgroup::to_string(controller);
  if (!host.may_make_cgroups) {
    return fail(
        ErrorKind::Denied,
        format(
            "{} needs the {} controller, and this user may not make control groups", option, name),
        "have a control group delegated to you: with systemd, systemd-run --user --scope "
        "-p Delegate=yes isle ...; or run as root");
  }
  if (host.controllers.has(controller)) return {};
  if (host.delegated_cgroups) {
    return fail(
        ErrorKind::Unsupported,
        format("{} needs the {} controller, which was not delegated to this user", option, name),
        "have root delegate it (with systemd: Delegate= of user@.service); if your group has "
        "processes of its own, it can hand nothing on: with systemd, systemd-run --user --scope "
        "-p Delegate=yes COMMAND");
  }
  return fail(
      ErrorKind::Unsupported,
      format("{} needs the {} controller, which this host does not have", option, name),
      "mount it, or enable it in the kernel (cgroup_enable, cgroup.subtree_control); inside "
      "a container, first move the processes out of its own group into one below it");
}

void SpecBuilder::set_env(std::string_view name, std::string_view value) {
  std::string entry = format("{}={}", name, value);
  for (std::string& old : process().env) {
    if (cut(old, '=').before != name) continue;
    old = std::move(entry);
    return;
  }
  process().env.push_back(std::move(entry));
}

bool SpecBuilder::has_env(std::string_view name) const {
  return std::ranges::any_of(spec.process->env, [name](const std::string& entry) {
    return cut(entry, '=').before == name;
  });
}

std::string SpecBuilder::env(std::string_view name) const {
  for (const std::string& entry : spec.process->env) {
    const Cut parts = cut(entry, '=');
    if (parts.before == name) return std::string(parts.after);
  }
  return {};
}

void start_spec(SpecBuilder& builder) {
  builder.spec.root.emplace();
  builder.spec.process.emplace().cwd = std::string("/");
  builder.spec.mounts = oci::default_mounts();
  builder.spec.linux_.emplace();
  builder.add_namespace("mount");
}

void finish_spec(SpecBuilder& builder) {
  std::ranges::stable_sort(builder.spec.mounts, {}, depth);
  const auto set_default = [&builder](std::string_view name, std::string_view value) {
    if (builder.leaves_out && builder.leaves_out(name)) return;
    if (!builder.has_env(name)) builder.set_env(name, value);
  };
  set_default("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  set_default("HOSTNAME", builder.spec.hostname);
  set_default("HOME", builder.home);
  if (builder.process().terminal) set_default("TERM", "xterm");
}

}  // namespace isle::options
