// The spec's mounts, in its order. A file system is made by fsopen(2), a bind is a copy of a tree;
// both get their attributes while nobody sees them and are then moved to their target.

#include <sys/mount.h>

#include <algorithm>

#include "base/strings.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/mounts.h"
#include "runtime/plan/proc_target.h"

namespace isle::runtime::plan {

std::string clean_path(std::string_view path) {
  std::string out;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      out.resize(out.rfind('/') == std::string::npos ? 0 : out.rfind('/'));
      continue;
    }
    out += '/';
    out += part;
  }
  return out.empty() ? "/" : out;
}

std::vector<AttrChange> attribute_changes(const kernel::MountOptions& options) {
  std::vector<AttrChange> changes;
  if (!options.attributes.empty()) {
    changes.push_back({.attributes = options.attributes, .recursive = false});
  }
  if (!options.recursive.empty()) {
    changes.push_back({.attributes = options.recursive, .recursive = true});
  }
  return changes;
}

namespace {

std::string why_of(const std::string& target, const std::string& type) {
  if (type == "proc") return "it shows the container's own processes";
  if (type == "sysfs") return "it shows the container's own network devices";
  if (type == "devpts") return "its terminals are not the host's";
  if (type == "mqueue") return "its POSIX queues are its IPC namespace's";
  if (target == "/dev") return "its device nodes are its own";
  if (target == "/dev/shm") return "its shared memory is not the host's";
  if (type == "tmpfs") return "written there, it is gone with the container";
  return "the spec asks for it";
}

std::string why_of_bind(const std::string& target) {
  if (target == "/etc/resolv.conf") return "its name servers, and not the host's";
  if (target == "/etc/hosts") return "the names it knows without a server";
  if (target == "/etc/hostname") return "its name, for who reads the file";
  return "the spec asks for this part of the host";
}

class MountAdder {
 public:
  MountAdder(Builder& builder, const oci::Mount& mount, std::size_t index)
      : builder_(builder), mount_(mount), where_(format("mounts[{}]", index)) {}

  Result<void> add() {
    if (mount_.destination.empty()) {
      return fail(ErrorKind::InvalidArgument, where_ + ".destination: is empty");
    }
    target_ = clean_path(mount_.destination);
    TRY(check_proc_target(mount_.type, mount_.source, target_, where_));
    options_ = TRY_STEP(kernel::parse_mount_options(mount_.options), where_ + ".options");
    TRY(check_mapping());
    // runc's rule: with "bind" among the options the type does not matter.
    if (is_bind()) return add_bind();
    if (is_made_by_parent(builder_, mount_)) {
      return add_made_tree(builder_, mount_, options_, target_);
    }
    if (mount_.type == "overlay") join_lower_layers(options_.data);
    if (!options_.subdirectory.empty()) {
      return fail(ErrorKind::Unsupported,
                  format("{}.options: a part of a new {} cannot be mounted", where_, mount_.type));
    }
    if (mount_.type == "cgroup" || mount_.type == "cgroup2") {
      return add_cgroup_mount(
          builder_, {.type = mount_.type, .where = where_, .target = target_, .options = options_});
    }
    if (mount_.type == "sysfs" && foreign_network()) return add_host_sys();
    return add_file_system(mount_.type, target_, options_.data);
  }

 private:
  Builder& builder_;
  const oci::Mount& mount_;
  std::string where_, target_;
  kernel::MountOptions options_;

  bool is_bind() const { return options_.bind || mount_.type == "bind"; }
  bool is_mapped() const {
    return options_.id_mapping != kernel::MountIdMap::None || !mount_.uid_mappings.empty() ||
           !mount_.gid_mappings.empty();
  }

  Result<void> check_mapping() const {
    if (!is_mapped()) return {};
    if (!is_bind() && mount_.type != "overlay") {
      return fail(ErrorKind::Unsupported,
                  where_ + ".uidMappings: only a bind mount can have its ids mapped",
                  "leave out uidMappings, gidMappings, idmap and ridmap");
    }
    if (mount_.uid_mappings.empty() != mount_.gid_mappings.empty()) {
      return fail(ErrorKind::InvalidArgument,
                  format("{}.{}: is missing, uidMappings and gidMappings go together",
                         where_,
                         mount_.uid_mappings.empty() ? "uidMappings" : "gidMappings"));
    }
    if (mount_.uid_mappings.empty() && builder_.linux_.uid_mappings.empty()) {
      return fail(ErrorKind::InvalidArgument,
                  where_ + ".options: idmap without a mapping to use",
                  "give the mount uidMappings and gidMappings, or the container a user namespace");
    }
    if (builder_.facts.privileged()) return {};
    return fail(ErrorKind::Denied, where_ + ": an id-mapped mount needs CAP_SYS_ADMIN on the host");
  }

  // sysfs is mounted by the owner of the network namespace it shows (sysfs(5)).
  bool foreign_network() const {
    if (!builder_.isolated(Kind::User)) return false;
    return builder_.of(Kind::Network) == Origin::Shared ||
           (builder_.of(Kind::Network) == Origin::Joined && builder_.is_new(Kind::User));
  }

  // The host's /sys in its place, for reading only: a container's root that is the host's, too,
  // could set what it likes there. Who is privileged leaves out what is mounted below; an ordinary
  // user may not, and the control groups are covered.
  Result<void> add_host_sys() {
    constexpr std::uint64_t kQuiet =
        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV;
    if ((options_.attributes.set & MOUNT_ATTR_RDONLY) == 0) {
      builder_.warn(where_ + ": is the host's /sys, as the network is, and read-only");
    }
    const bool covers = !builder_.facts.privileged();
    op::BindMount bind{.source = "/sys",
                       .recursive = covers,
                       .attrs = {{.attributes = {.set = kQuiet}, .recursive = true}},
                       .propagation = {{.flag = MS_SLAVE, .recursive = true}},
                       .target = target_};
    if (!covers) add_tree(bind, false);
    builder_.init(std::move(bind),
                  "bind /sys on " + target_,
                  "the network namespace is not the container's: it may not mount sysfs");
    if (covers) {
      builder_.init(op::Mask{.path = target_ + "/fs/cgroup"},
                    format("mask {}/fs/cgroup", target_),
                    "those are the host's control groups");
    }
    return {};
  }

  Result<void> add_bind() {
    if (mount_.source.empty()) {
      return fail(ErrorKind::InvalidArgument, where_ + ".source: a bind mount needs one");
    }
    op::BindMount bind{.source = mount_.source.starts_with('/')
                                     ? mount_.source
                                     : (builder_.request.bundle / mount_.source).str(),
                       .beneath = options_.subdirectory,
                       .recursive = options_.recursive_bind || mount_.type == "rbind",
                       .attrs = attribute_changes(options_),
                       .propagation = options_.propagation,
                       .target = target_};
    if (is_mapped() || builder_.parent_opens_sources()) add_tree(bind, is_mapped());
    // What init copies is a slave as all it sees; what the parent copies is still the host's peer.
    if (bind.tree.kind == SlotKind::Tree && bind.propagation.empty() && !builder_.shared_root()) {
      bind.propagation.push_back({.flag = MS_SLAVE, .recursive = true});
    }
    builder_.init(
        std::move(bind), format("bind {} on {}", mount_.source, target_), why_of_bind(target_));
    return {};
  }

  void add_tree(op::BindMount& bind, bool idmapped) {
    bind.tree = {.kind = SlotKind::Tree, .index = builder_.trees++};
    const bool own_maps = !mount_.uid_mappings.empty();
    const auto& uid_map = own_maps ? mount_.uid_mappings : builder_.linux_.uid_mappings;
    const auto& gid_map = own_maps ? mount_.gid_mappings : builder_.linux_.gid_mappings;
    op::OpenTree open{.tree = bind.tree, .source = bind.source, .recursive = bind.recursive};
    open.beneath = bind.beneath;
    if (idmapped) {
      open.uid_map = uid_map;
      open.gid_map = gid_map;
      open.map_recursive = options_.id_mapping == kernel::MountIdMap::Tree;
    }
    builder_.early_parent_steps.push_back(
        {.actor = Actor::Parent,
         .operation = std::move(open),
         .what = "open " + bind.source,
         .why = idmapped ? "its ids are mapped for the container"
                         : "its path may be closed to the container's users"});
  }

  Result<void> add_file_system(const std::string& type,
                               const std::string& target,
                               std::vector<kernel::MountParameter> parameters) {
    if (type.empty()) {
      return fail(ErrorKind::InvalidArgument, where_ + ".type: is empty, and it is no bind mount");
    }
    for (const kernel::MountParameter& flag : options_.superblock) parameters.push_back(flag);
    add_label(type, parameters);
    const bool copies = options_.copy_up && type == "tmpfs";
    op::MountFs mount{.type = type,
                      .source = mount_.source.empty() ? type : mount_.source,
                      .parameters = std::move(parameters),
                      .attrs = attribute_changes(options_),
                      .propagation = options_.propagation,
                      .target = target,
                      .refuse_symlinks = type == "proc" || type == "sysfs"};
    const bool mode_asked =
        std::ranges::count(mount.parameters, "mode", &kernel::MountParameter::key) != 0;
    // A read-only tmpfs could not be filled: it is made read-only afterwards.
    std::vector<AttrChange> later;
    if (copies) std::swap(later, mount.attrs);
    // The copy gives the tmpfs the directory's mode: a new one has that of any tmpfs.
    if (copies) mount.directory_mode = 01777;
    builder_.init(std::move(mount), "mount " + target, why_of(target, type));
    if (copies) add_copy_up(later, mode_asked);
    return {};
  }

  // The kernel's own file systems label their files themselves.
  void add_label(const std::string& type, std::vector<kernel::MountParameter>& parameters) const {
    const std::string& label = builder_.linux_.mount_label;
    if (label.empty() || type == "proc" || type == "sysfs" || type == "mqueue") return;
    const bool own = std::ranges::any_of(parameters, [](const kernel::MountParameter& parameter) {
      return parameter.key.ends_with("context");
    });
    if (!own) parameters.push_back({.key = "context", .value = label});
  }

  void add_copy_up(std::vector<AttrChange> later, bool mode_asked) {
    builder_.init(op::Notify{.barrier = Barrier::RootMounted},
                  "tell the parent",
                  "the copy needs memory and time that init has not");
    builder_.parent(op::Await{.barrier = Barrier::RootMounted}, "wait for the mounts", "");
    builder_.add(Actor::Stage,
                 op::CopyUp{.target = target_, .keep_mode = mode_asked},
                 "copy the content of " + target_ + " up",
                 "tmpcopyup: the tmpfs starts with what it hides");
    builder_.parent(op::Notify{.barrier = Barrier::RootMounted}, "let init go on", "");
    builder_.init(op::Await{.barrier = Barrier::RootMounted}, "wait for the copy", "");
    if (later.empty()) return;
    builder_.init(op::SetAttr{.target = target_, .attrs = std::move(later), .propagation = {}},
                  "set the attributes of " + target_,
                  "possible once it is filled");
  }
};

}  // namespace

Result<void> add_mounts(Builder& builder) {
  const std::vector<oci::Mount>& mounts = builder.request.spec.mounts;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    if (mounts[i].destination == "/") continue;
    TRY(MountAdder(builder, mounts[i], i).add());
  }
  return {};
}

}  // namespace isle::runtime::plan
