// --device: a device node of the host inside, and the permission to use it; and the few devices
// every container has. Both are needed: a node without a rule opens with EPERM (cgroups).
#include <sys/sysmacros.h>

#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

using kernel::cgroup::Controller;

bool is_access(std::string_view text) {
  return !text.empty() && text.find_first_not_of("rwm") == std::string_view::npos;
}

Result<void> parse(RunRequest& request, std::string_view value) {
  auto parts = split(value, ':');
  std::string_view access = "rwm";
  if (parts.size() > 1 && is_access(parts.back())) {
    access = parts.back();
    parts.pop_back();
  }
  if (parts.size() > 2 || parts[0].empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("--device: {} is not PATH[:INSIDE][:rwm]", quoted(value)));
  }
  record::DeviceRequest device{.access = std::string(access)};
  device.host = TRY(absolute_path(parts[0]));
  device.container = TRY(inside_path(parts.back(), "device"));
  request.container.storage.devices.push_back(std::move(device));
  return {};
}

// Root of a user namespace may not make nodes (mknod(2)): the host's own is bound there.
void bind_node(SpecBuilder& builder, const record::DeviceRequest& device) {
  builder.spec.mounts.push_back({.destination = device.container,
                                 .type = "bind",
                                 .source = device.host,
                                 .options = {"bind", "private", "nosuid", "noexec"},
                                 .uid_mappings = {},
                                 .gid_mappings = {}});
}

void make_node(SpecBuilder& builder,
               const record::DeviceRequest& device,
               const struct stat& status) {
  builder.linux_().devices.push_back({.type = S_ISBLK(status.st_mode) ? "b" : "c",
                                      .path = device.container,
                                      .major = major(status.st_rdev),
                                      .minor = minor(status.st_rdev),
                                      .file_mode = status.st_mode & 07777,
                                      .uid = status.st_uid,
                                      .gid = status.st_gid});
}

Result<void> add_node(SpecBuilder& builder, const record::DeviceRequest& device) {
  const struct stat status = TRY_STEP(builder.world.look(device.host), "--device");
  const bool block = S_ISBLK(status.st_mode);
  if (!block && !S_ISCHR(status.st_mode)) {
    return fail(ErrorKind::InvalidArgument,
                format("--device: {} is not a device", quoted(device.host)));
  }
  if (builder.has_namespace("user")) {
    bind_node(builder, device);
  } else {
    make_node(builder, device, status);
  }
  if (!builder.host.controllers.has(Controller::Devices) || !builder.host.may_make_cgroups) {
    return {};
  }
  builder.resources().devices.push_back({.allow = true,
                                         .type = block ? "b" : "c",
                                         .major = major(status.st_rdev),
                                         .minor = minor(status.st_rdev),
                                         .access = device.access});
  return {};
}

void allow(SpecBuilder& builder, int number_major, std::optional<std::int64_t> number_minor) {
  builder.resources().devices.push_back(
      {.allow = true, .type = "c", .major = number_major, .minor = number_minor, .access = "rwm"});
}

// null zero full random urandom, tty console ptmx, and the terminals of its own devpts.
void allow_defaults(SpecBuilder& builder) {
  if (!builder.host.controllers.has(Controller::Devices) || !builder.host.may_make_cgroups) return;
  builder.resources().devices.push_back(
      {.allow = false, .type = "a", .major = {}, .minor = {}, .access = "rwm"});
  for (int number : {3, 5, 7, 8, 9}) allow(builder, 1, number);
  for (int number : {0, 1, 2}) allow(builder, 5, number);
  allow(builder, 136, std::nullopt);
}

Result<void> apply_privileged(SpecBuilder& builder) {
  if (builder.host.controllers.has(Controller::Devices) && builder.host.may_make_cgroups) {
    builder.resources().devices = {
        {.allow = true, .type = "a", .major = {}, .minor = {}, .access = "rwm"}};
  }
  for (const std::string& path : builder.world.host_devices()) {
    const auto status = builder.world.look(path);
    // One that vanishes meanwhile is no loss; disks are not for a user namespace (devices.cc).
    if (!status || (builder.maps_ids() && S_ISBLK(status->st_mode))) continue;
    TRY(add_node(builder, {.host = path, .container = path, .access = "rwm"}));
  }
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  if (container.security.privileged) {
    TRY(apply_privileged(builder));
  } else {
    allow_defaults(builder);
  }
  for (const record::DeviceRequest& device : container.storage.devices) {
    TRY(add_node(builder, device));
  }
  return {};
}

}  // namespace

const Option kDevice{
    .flag = {"device",
             0,
             Arity::Value,
             "PATH[:INSIDE][:rwm]",
             "Let the container use a device of the host",
             Section::Files},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
