#include "options/mount_spec.h"

#include <algorithm>

#include "base/strings.h"
#include "options/id_words.h"

namespace isle::options {
namespace {

bool is_at_or_below(const std::string& path, const std::string& top) {
  return path == top || path.starts_with(top + "/");
}

Result<void> find_source(SpecBuilder& builder, const record::MountRequest& mount) {
  if (mount.type != "bind" || builder.world.look(mount.source)) return {};
  if (mount.make_source) {
    builder.directories.push_back(mount.source);
    return {};
  }
  return fail(ErrorKind::NotFound,
              format("--mount: the source {} does not exist", quoted(mount.source)),
              "make it first, or use --volume, which makes a directory");
}

bool has(const oci::Strings& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// What mounts of the container's own write goes to its directory, apart for each.
std::string own_directory(const SpecBuilder& builder, std::size_t index) {
  return format("{}/mounts/{}", builder.world.own_directory, index);
}

// The same place, laid over `lowers`, topmost first. `upper` empty: nothing can be written.
void lay_over(const SpecBuilder& builder,
              oci::Mount& mount,
              const oci::Strings& lowers,
              const std::string& upper,
              const std::string& work) {
  std::erase_if(mount.options, [](const std::string& word) { return word.ends_with("bind"); });
  for (const std::string& lower : lowers) mount.options.push_back("lowerdir+=" + lower);
  if (!upper.empty()) {
    mount.options.push_back("upperdir=" + upper);
    mount.options.push_back("workdir=" + work);
  }
  if (!builder.host.privileged) mount.options.emplace_back("userxattr");
  mount.type = mount.source = "overlay";
}

Result<void> overlay_source(const SpecBuilder& builder,
                            const record::MountRequest& request,
                            std::size_t index,
                            oci::Mount& mount) {
  if (mount.type != "bind") {
    return fail(ErrorKind::Unsupported,
                format("option O: the volume {} is a file system that is mounted anew each time",
                       quoted(request.source)),
                "an overlay needs a directory beneath it");
  }
  const std::string own = own_directory(builder, index);
  const bool is_own = request.upper.empty();
  lay_over(builder,
           mount,
           {mount.source},
           is_own ? own + "/upper" : request.upper,
           is_own ? own + "/work" : request.work);
  return {};
}

Result<oci::Mount> image_mount(const SpecBuilder& builder,
                               const record::MountRequest& request,
                               std::size_t index) {
  oci::Mount mount{.destination = request.target,
                   .type = "bind",
                   .source = {},
                   .options = request.options,
                   .uid_mappings = {},
                   .gid_mappings = {}};
  oci::Strings lowers = TRY(builder.world.layers_of_image(request.image_id));
  const std::string own = own_directory(builder, index);
  const bool writes = has(request.options, "rw");
  // One directory alone is no overlay.
  if (!writes && lowers.size() == 1) lowers.push_back(own + "/empty");
  lay_over(builder, mount, lowers, writes ? own + "/upper" : "", own + "/work");
  if (builder.maps_ids() && builder.host.privileged) {
    mount.uid_mappings = builder.spec.linux_->uid_mappings;
    mount.gid_mappings = builder.spec.linux_->gid_mappings;
  }
  return mount;
}

Result<void> map_ids(const SpecBuilder& builder,
                     const record::MountRequest& request,
                     oci::Mount& mount) {
  if (mount.type != "bind" && mount.type != "overlay") {
    return fail(ErrorKind::Unsupported,
                format("option idmap: the volume {} is a file system of type {} of its own",
                       quoted(request.source),
                       mount.type),
                "ids are mapped of directories and of volumes without options");
  }
  if (!builder.host.privileged) {
    return fail(ErrorKind::Denied,
                "option idmap: an ordinary user cannot map the ids of a mount",
                "it needs CAP_SYS_ADMIN on the host");
  }
  const oci::Linux& linux_ = *builder.spec.linux_;
  mount.uid_mappings = linux_.uid_mappings;
  mount.gid_mappings = linux_.gid_mappings;
  if (!request.id_map.empty()) {
    const IdWords words = TRY(parse_id_words(request.id_map));
    mount.uid_mappings = TRY(mappings_of(words.uids, linux_.uid_mappings));
    mount.gid_mappings = TRY(mappings_of(words.gids, linux_.gid_mappings));
  } else if (!builder.maps_ids()) {
    return fail(ErrorKind::InvalidArgument,
                "option idmap: the container has no user namespace whose ids it could take",
                "add --userns auto, or say the ids: idmap=uids=0-1000-1;gids=0-1000-1");
  }
  if (mount.type == "bind") mount.options.emplace_back("idmap");
  return {};
}

Result<oci::Mount> mount_of(const SpecBuilder& builder,
                            const record::MountRequest& request,
                            std::size_t index) {
  if (!request.relabel.empty() && builder.host.selinux) {
    return fail(ErrorKind::Unsupported,
                format("option {}: SELinux is in force here, and isle gives files no labels",
                       request.relabel),
                "label them with chcon, or add --security-opt label=disable");
  }
  oci::Mount mount{.destination = request.target,
                   .type = request.type,
                   .source = request.source,
                   .options = request.options,
                   .uid_mappings = {},
                   .gid_mappings = {}};
  if (request.type == "volume") mount = TRY(builder.world.mount_of_volume(request));
  if (request.type == "image") mount = TRY(image_mount(builder, request, index));
  if (request.overlay) TRY(overlay_source(builder, request, index, mount));
  if (request.id_mapped) TRY(map_ids(builder, request, mount));
  if (request.subpath.empty()) return mount;
  if (mount.type != "bind" && (mount.type != "overlay" || !builder.host.privileged)) {
    return fail(ErrorKind::Unsupported,
                format("subpath: of {}, which is mounted anew each time, no part can be taken here",
                       quoted(request.source)),
                "volumes without options have parts; for nfs name the directory in its device");
  }
  mount.options.push_back("X-mount.subdir=" + request.subpath);
  return mount;
}

}  // namespace

Result<void> apply_mounts(SpecBuilder& builder, const record::Container& container) {
  for (const record::MountRequest& mount : container.storage.mounts) {
    TRY(find_source(builder, mount));
    std::erase_if(builder.spec.mounts, [&mount](const oci::Mount& old) {
      return is_at_or_below(old.destination, mount.target);
    });
  }
  for (std::size_t i = 0; i < container.storage.mounts.size(); ++i) {
    builder.spec.mounts.push_back(TRY(mount_of(builder, container.storage.mounts[i], i)));
  }
  return {};
}

}  // namespace isle::options
