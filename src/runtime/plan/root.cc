// The root file system: a directory, or whatever is mounted at "/" in the spec (an overlay of image
// layers, say). It is mounted over "/" of the private mount namespace and becomes the root by
// pivot_root(2); the host's table never shows it.

#include <sys/mount.h>
#include <sys/syscall.h>

#include "base/strings.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

namespace {

const oci::Mount* root_mount(const oci::Spec& spec) {
  for (const oci::Mount& mount : spec.mounts) {
    if (mount.destination == "/") return &mount;
  }
  return nullptr;
}

std::string absolute(const HostPath& bundle, const std::string& path) {
  return path.starts_with('/') ? path : (bundle / path).str();
}

Slot new_tree(Builder& builder) { return {.kind = SlotKind::Tree, .index = builder.trees++}; }

// The host's propagation into the container. Slave keeps the host's mounts as masters; then only
// the mount at "/" is cut off, because ours goes over it. What a shared root shares are the trees
// that the parent opened.
void add_propagation(Builder& builder) {
  const std::string& wanted = builder.linux_.rootfs_propagation;
  const bool keeps_peers = wanted == "slave" || wanted == "rslave";
  builder.init(
      op::SetAttr{
          .target = "", .attrs = {}, .propagation = {{.flag = MS_SLAVE, .recursive = true}}},
      "make every mount a slave",
      "what is mounted inside never reaches the host");
  builder.init(
      op::SetAttr{
          .target = "", .attrs = {}, .propagation = {{.flag = MS_PRIVATE, .recursive = false}}},
      "make the mount at / private",
      keeps_peers ? "its root goes over it; the other mounts keep their peers"
                  : "its root goes over it and must not reach the host");
}

Result<void> add_root_tree(Builder& builder, const oci::Mount& bind) {
  builder.parent(op::OpenTree{.tree = new_tree(builder),
                              .source = absolute(builder.request.bundle, bind.source),
                              .recursive = true,
                              .uid_map = bind.uid_mappings,
                              .gid_map = bind.gid_mappings},
                 "open the root file system",
                 "its path may be closed to the container's users; a descriptor is not");
  return {};
}

// The program's "-o": the layers' words joined, and how it is to show ids.
Result<std::string> fuse_options(const oci::Mount& mount) {
  std::string lowers;
  std::string others;
  for (const std::string& word : mount.options) {
    constexpr std::string_view kLower = "lowerdir+=";
    if (word.find_first_of(",:\\") != std::string::npos) {
      return fail(ErrorKind::Unsupported,
                  format("mounts: the mount at /: {} has a character that fuse-overlayfs takes for "
                         "the end of a name",
                         quoted(word)));
    }
    if (word.starts_with(kLower)) {
      lowers += (lowers.empty() ? "lowerdir=" : ":") + word.substr(kLower.size());
    } else {
      others += "," + word;
    }
  }
  std::string options = lowers + others;
  const auto add_map = [&options](const char* key, const std::vector<oci::IdMapping>& map) {
    for (const oci::IdMapping& range : map) {
      options += &range == map.data() ? format(",{}=", key) : ":";
      options += format("{}:{}:{}", range.container_id, range.host_id, range.size);
    }
  };
  add_map("uidmapping", mount.uid_mappings);
  add_map("gidmapping", mount.gid_mappings);
  return options;
}

Result<void> add_served_root(Builder& builder, const oci::Mount& mount) {
  if (builder.facts.euid != 0) {
    return fail(ErrorKind::Unsupported,
                "mounts: the mount at /: fuse-overlayfs is served by root only",
                "an ordinary user's overlay works from Linux 5.11 on");
  }
  builder.parent(
      op::ServeRoot{
          .tree = new_tree(builder), .program = mount.source, .options = TRY(fuse_options(mount))},
      "have the root file system served",
      "the program ends with the last mount of it, and that is the container's");
  return {};
}

bool is_served(const oci::Mount* mount) {
  return mount != nullptr && mount->type == "fuse-overlayfs";
}

}  // namespace

// What init, once it is somebody else on the host, could not reach: the parent opens it.
Result<void> add_source_trees(Builder& builder) {
  if (builder.request.spec.root && is_served(root_mount(builder.request.spec))) {
    return add_served_root(builder, *root_mount(builder.request.spec));
  }
  if (!builder.parent_opens_sources() || !builder.request.spec.root) return {};
  const std::string path = absolute(builder.request.bundle, builder.request.spec.root->path);
  if (const oci::Mount* mount = root_mount(builder.request.spec)) {
    const kernel::MountOptions options =
        TRY_STEP(kernel::parse_mount_options(mount->options), "mounts: the mount at /");
    if (mount->type == "bind") return add_root_tree(builder, *mount);
    std::vector<kernel::MountParameter> parameters = options.data;
    if (mount->type != "overlay") parameters.push_back({.key = "source", .value = mount->source});
    builder.parent(op::MakeOverlay{.tree = new_tree(builder),
                                   .type = mount->type,
                                   .parameters = std::move(parameters),
                                   .uid_map = mount->uid_mappings,
                                   .gid_map = mount->gid_mappings,
                                   .directory = path},
                   "make the root file system",
                   "its layers belong to the host's users; the container sees them as its own");
    return {};
  }
  return add_root_tree(builder, {.source = path});
}

namespace {
// "; 3 read-only layers, one of its own above", of an overlay.
std::string layer_words(const std::vector<kernel::MountParameter>& parameters) {
  std::size_t below = 0;
  bool has_own = false;
  for (const kernel::MountParameter& parameter : parameters) {
    if (parameter.key == "lowerdir+") ++below;
    if (parameter.key == "lowerdir") below += split(parameter.value.value_or(""), ':').size();
    has_own = has_own || parameter.key == "upperdir";
  }
  if (below == 0) return {};
  return format("; {} read-only layer{}{}",
                below,
                below == 1 ? "" : "s",
                has_own ? ", one of its own above" : "");
}
}  // namespace

Result<void> add_root(Builder& builder) {
  if (!builder.request.spec.root) {
    return fail(ErrorKind::InvalidArgument, "root: the spec names no root file system");
  }
  add_propagation(builder);
  const std::string path = absolute(builder.request.bundle, builder.request.spec.root->path);
  const bool hooks_look =
      builder.request.spec.hooks && !builder.request.spec.hooks->create_container.empty();
  op::SetRoot root{.type = "bind",
                   .source = path,
                   .tree = {},
                   .parameters = {},
                   .directory = path,
                   .at_directory = hooks_look};
  std::string what = "mount the root file system " + path;
  if (const oci::Mount* mount = root_mount(builder.request.spec)) {
    const kernel::MountOptions options =
        TRY_STEP(kernel::parse_mount_options(mount->options), "mounts: the mount at /");
    root.type = mount->type;
    root.source = mount->source;
    root.parameters = options.data;
    what = "mount the root file system (" + mount->type + ")";
  }
  const bool is_tree =
      builder.parent_opens_sources() || is_served(root_mount(builder.request.spec));
  if (is_tree) root.tree = {.kind = SlotKind::Tree, .index = 0};
  const std::string layers = layer_words(root.parameters);
  builder.init(std::move(root),
               std::move(what),
               format("{}{}",
                      hooks_look ? "over its directory, in the private mount namespace: "
                                   "createContainer hooks look there"
                                 : "over / of the private mount namespace: the host's table never "
                                   "shows it",
                      layers));
  return {};
}

namespace {

// Afterwards: pivot_root(2) refuses to put the old root on a shared mount.
void add_root_propagation(Builder& builder) {
  const std::string& propagation = builder.linux_.rootfs_propagation;
  if (propagation.empty()) return;
  const auto change = kernel::parse_propagation(propagation);
  if (!change) return;
  builder.init(op::SetAttr{.target = "/", .attrs = {}, .propagation = {*change}},
               "make the root " + propagation,
               "linux.rootfsPropagation");
}

}  // namespace

void add_root_change(Builder& builder) {
  if (builder.request.spec.root->readonly) {
    const kernel::MountAttributes attributes{.set = MOUNT_ATTR_RDONLY, .clear = 0};
    builder.init(op::SetAttr{.target = "/",
                             .attrs = {{.attributes = attributes, .recursive = false}},
                             .propagation = {}},
                 "make the root read-only",
                 "root.readonly");
  }
  if (builder.request.no_pivot) {
    builder.init(op::ChangeRoot{},
                 "change the root",
                 "no pivot_root was asked for; CAP_SYS_CHROOT goes with it, as it could undo this");
  } else {
    builder.init(op::PivotRoot{},
                 "pivot the root",
                 "the host's tree is detached: no path leads there any more");
  }
  add_root_propagation(builder);
}

}  // namespace isle::runtime::plan
