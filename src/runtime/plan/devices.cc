// Device nodes and links of /dev. Where the container's root may not make nodes (mknod(2) of
// devices needs CAP_MKNOD in the initial user namespace) the parent makes those that the spec lists
// if it may, with owner and mode; else the host's own nodes are bound, checked by number.

#include <algorithm>

#include <sys/mount.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

namespace {

struct DefaultDevice {
  const char* path;
  unsigned major, minor;
};
// Those the runtime specification demands (config-linux.md, "Default Devices").
constexpr DefaultDevice kDefaults[] = {{"/dev/null", 1, 3},
                                       {"/dev/zero", 1, 5},
                                       {"/dev/full", 1, 7},
                                       {"/dev/random", 1, 8},
                                       {"/dev/urandom", 1, 9},
                                       {"/dev/tty", 5, 0}};

constexpr std::pair<const char*, const char*> kLinks[] = {{"/dev/fd", "/proc/self/fd"},
                                                          {"/dev/stdin", "/proc/self/fd/0"},
                                                          {"/dev/stdout", "/proc/self/fd/1"},
                                                          {"/dev/stderr", "/proc/self/fd/2"}};

// The host's /dev itself is there: nothing of it may be changed.
bool host_dev(const oci::Spec& spec) {
  return std::ranges::any_of(spec.mounts, [](const oci::Mount& mount) {
    const bool bind = mount.type == "bind" ||
                      std::ranges::find(mount.options, "bind") != mount.options.end() ||
                      std::ranges::find(mount.options, "rbind") != mount.options.end();
    return bind && (mount.destination == "/dev" || mount.destination == "/dev/");
  });
}

std::string number_of(DeviceNumber device) { return format("{}:{}", device.major, device.minor); }

void bind_node(Builder& builder, const std::string& path, Slot tree, DeviceNumber device) {
  builder.init(
      op::BindMount{.source = path,
                    .tree = tree,
                    .recursive = false,
                    .attrs = {{.attributes = {.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC},
                               .recursive = false}},
                    .propagation = {},
                    .target = path,
                    .expected_device = device},
      "bind " + path,
      format("the kernel's device {}; a user namespace may not make nodes", number_of(device)));
}

void add_node(Builder& builder,
              const std::string& path,
              mode_t mode,
              DeviceNumber device,
              uid_t uid,
              gid_t gid) {
  const std::string why = "the kernel's device " + number_of(device);
  if (builder.isolated(Kind::User) && !S_ISFIFO(mode)) {
    bind_node(builder, path, {}, device);
    return;
  }
  builder.init(op::MakeNode{.path = path, .mode = mode, .device = device, .uid = uid, .gid = gid},
               "make " + path,
               why);
}

Result<mode_t> type_bits(const oci::Device& device, std::size_t index) {
  if (device.type == "c" || device.type == "u") return S_IFCHR;
  if (device.type == "b") return S_IFBLK;
  if (device.type == "p") return S_IFIFO;
  return fail(
      ErrorKind::InvalidArgument,
      format("linux.devices[{}].type: {} is none of c, u, b, p", index, quoted(device.type)));
}

// A container's id as the host counts.
Result<std::uint32_t> host_id(const std::vector<oci::IdMapping>& map,
                              std::uint32_t id,
                              const std::string& where) {
  for (const oci::IdMapping& range : map) {
    if (id >= range.container_id && id - range.container_id < range.size) {
      return range.host_id + (id - range.container_id);
    }
  }
  return fail(ErrorKind::InvalidArgument,
              format("{}: {} has no number in the container's user namespace", where, id),
              "map it, or leave it out");
}

Result<void> add_device(Builder& builder, const oci::Device& device, std::size_t index) {
  if (!device.path.starts_with('/')) {
    return fail(ErrorKind::InvalidArgument,
                format("linux.devices[{}].path: {} is not absolute", index, quoted(device.path)));
  }
  const mode_t type = TRY(type_bits(device, index));
  const mode_t mode = type | device.file_mode.value_or(0666);
  const DeviceNumber number{.major = static_cast<unsigned>(device.major),
                            .minor = static_cast<unsigned>(device.minor),
                            .block = type == S_IFBLK};
  const std::string path = clean_path(device.path);
  const uid_t uid = device.uid.value_or(0);
  const gid_t gid = device.gid.value_or(0);
  constexpr int kMknod = 27;  // CAP_MKNOD
  const bool by_parent = builder.is_new(Kind::User) && type != S_IFIFO &&
                         builder.facts.host_root() && builder.facts.effective.contains(kMknod);
  if (!by_parent) {
    add_node(builder, path, mode, number, uid, gid);
    return {};
  }
  op::OpenNode node{.tree = {.kind = SlotKind::Tree, .index = builder.trees++},
                    .path = path,
                    .mode = mode,
                    .device = number};
  node.uid = TRY(host_id(builder.linux_.uid_mappings, uid, format("linux.devices[{}].uid", index)));
  node.gid = TRY(host_id(builder.linux_.gid_mappings, gid, format("linux.devices[{}].gid", index)));
  bind_node(builder, path, node.tree, number);
  builder.early_parent_steps.push_back({.actor = Actor::Parent,
                                        .operation = std::move(node),
                                        .what = "make " + path,
                                        .why = "the container's root may not"});
  return {};
}

bool listed(const Builder& builder, std::string_view path) {
  return std::ranges::any_of(builder.linux_.devices,
                             [&](const oci::Device& device) { return device.path == path; });
}

}  // namespace

Result<void> add_devices(Builder& builder) {
  if (host_dev(builder.request.spec)) return {};
  for (const DefaultDevice& device : kDefaults) {
    if (listed(builder, device.path)) continue;
    add_node(
        builder, device.path, S_IFCHR | 0666, {.major = device.major, .minor = device.minor}, 0, 0);
  }
  for (std::size_t i = 0; i < builder.linux_.devices.size(); ++i) {
    TRY(add_device(builder, builder.linux_.devices[i], i));
  }
  for (const auto& [path, target] : kLinks) {
    builder.init(op::MakeLink{.path = path, .target = target},
                 format("link {}", path),
                 "programs expect it");
  }
  builder.init(op::MakeLink{.path = "/dev/ptmx", .target = "pts/ptmx"},
               "link /dev/ptmx",
               "new terminals come from the container's devpts");
  return {};
}

}  // namespace isle::runtime::plan
