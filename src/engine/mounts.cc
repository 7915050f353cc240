#include "engine/mounts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "image/resolve.h"
#include "image/snapshot/snapshot.h"
#include "kernel/beneath.h"
#include "kernel/chown_tree.h"
#include "kernel/fd.h"

namespace isle::engine {
namespace {

// What an id of a file is where `map` is applied; one that is not mapped stays.
std::uint32_t mapped(const std::vector<oci::IdMapping>& map, std::uint32_t id) {
  for (const oci::IdMapping& range : map) {
    if (id >= range.container_id && id - range.container_id < range.size) {
      return range.host_id + (id - range.container_id);
    }
  }
  return id;
}

std::optional<std::uint32_t> unmapped(const std::vector<oci::IdMapping>& map, std::uint32_t id) {
  if (map.empty()) return id;
  for (const oci::IdMapping& range : map) {
    if (id >= range.host_id && id - range.host_id < range.size) {
      return range.container_id + (id - range.host_id);
    }
  }
  return std::nullopt;
}

const std::string* value_of(const oci::Mount& mount, std::string_view key, std::string& out) {
  for (const std::string& word : mount.options) {
    if (!word.starts_with(key)) continue;
    out = word.substr(key.size());
    return &out;
  }
  return nullptr;
}

// ---- overlays --------------------------------------------------------------------------------

Result<void> make_directory(const std::string& path, mode_t mode) {
  TRY(make_directories(HostPath(path.substr(0, path.rfind('/')))));
  if (mkdir(path.c_str(), mode) == 0) return {};
  return fail_call(errno, format("mkdir({})", path));
}

// What the mount shows at its top is the upper directory's own mode and owner.
Result<void> copy_look(const std::string& upper,
                       const std::string& lower,
                       const oci::Mount& mount) {
  struct stat look{};
  if (stat(lower.c_str(), &look) != 0) return fail_call(errno, format("stat({})", lower));
  if (!S_ISDIR(look.st_mode)) {
    return fail(ErrorKind::InvalidArgument,
                format("option O: {} is not a directory", quoted(lower)),
                "an overlay lies over directories");
  }
  const uid_t uid = mapped(mount.uid_mappings, look.st_uid);
  const gid_t gid = mapped(mount.gid_mappings, look.st_gid);
  if (geteuid() == 0 && chown(upper.c_str(), uid, gid) != 0) {
    return fail_call(errno, format("chown({})", upper));
  }
  if (chmod(upper.c_str(), look.st_mode & 07777U) != 0) {
    return fail_call(errno, format("chmod({})", upper));
  }
  return {};
}

// Those of the container's own; directories that were named have to be there.
Result<void> make_overlay_directories(const std::string& own, const oci::Mount& mount) {
  std::string lower;
  std::string upper;
  std::string work;
  if (value_of(mount, "lowerdir+=", lower) == nullptr) return {};
  for (const std::string& word : mount.options) {
    constexpr std::string_view kLower = "lowerdir+=";
    const bool is_empty_one =
        word.starts_with(kLower) && word.substr(kLower.size()).starts_with(own);
    if (is_empty_one) TRY(make_directory(word.substr(kLower.size()), 0755));
  }
  if (value_of(mount, "upperdir=", upper) == nullptr || !upper.starts_with(own)) return {};
  TRY(make_directory(upper, 0755));
  TRY(copy_look(upper, lower, mount));
  if (value_of(mount, "workdir=", work) == nullptr) return {};
  return make_directory(work, 0700);
}

// ---- U ---------------------------------------------------------------------------------------

// A slip of the hand here would give the host away.
Result<void> refuse_host_directories(std::string_view path) {
  for (const std::string_view top :
       {"/",           "/bin",     "/boot",    "/dev",       "/etc",      "/etc/passwd", "/etc/pki",
        "/etc/shadow", "/home",    "/lib",     "/lib32",     "/lib64",    "/media",      "/opt",
        "/proc",       "/root",    "/run",     "/sbin",      "/srv",      "/sys",        "/tmp",
        "/usr",        "/usr/bin", "/usr/lib", "/usr/local", "/usr/sbin", "/usr/share",  "/var",
        "/var/lib",    "/var/log", "/var/tmp"}) {
    if (path != top) continue;
    return fail(ErrorKind::Denied,
                format("option U: {} belongs to the host, it is not given away", quoted(path)),
                "name a directory of the container's own");
  }
  return {};
}

Result<void> give_source(const record::MountRequest& request,
                         const oci::Mount& mount,
                         const oci::Spec& spec) {
  if (mount.type != "bind") {
    return fail(ErrorKind::Unsupported,
                format("option U: {} is a file system that is mounted anew each time",
                       quoted(request.source)),
                "its own options say whose it is, such as uid= of a tmpfs");
  }
  char real[PATH_MAX];
  if (realpath(mount.source.c_str(), real) == nullptr) {
    return fail_call(errno, format("realpath({})", mount.source));
  }
  TRY(refuse_host_directories(real));
  kernel::UniqueFd file = TRY(kernel::open_file(HostPath(real), O_PATH | O_NOFOLLOW));
  if (!request.subpath.empty()) {
    file = TRY_STEP(kernel::open_beneath(file.get(), request.subpath, O_PATH), "option U");
  }
  const std::uint32_t uid = mapped(spec.linux_->uid_mappings, spec.process->user.uid);
  const std::uint32_t gid = mapped(spec.linux_->gid_mappings, spec.process->user.gid);
  const auto disk_uid = unmapped(mount.uid_mappings, uid);
  const auto disk_gid = unmapped(mount.gid_mappings, gid);
  if (!disk_uid || !disk_gid) {
    return fail(ErrorKind::InvalidArgument,
                format("option U: idmap has no id of the files for {}:{} of the host", uid, gid));
  }
  return kernel::chown_tree(file.get(), *disk_uid, *disk_gid);
}

const oci::Mount* mount_at(const oci::Spec& spec, const std::string& target) {
  const auto found = std::ranges::find(spec.mounts, target, &oci::Mount::destination);
  return found == spec.mounts.end() ? nullptr : &*found;
}

Result<void> keep_image(const Paths& paths,
                        const std::string& container,
                        const record::MountRequest& request) {
  const image::ImageInfo info = TRY(image::resolve(paths.store, request.image_id));
  return image::claim_image(paths.store, container, request.image_id, info.layers);
}

}  // namespace

Result<void> settle_image_mounts(const Paths& paths, record::Container& container) {
  for (record::MountRequest& request : container.storage.mounts) {
    if (request.type != "image") continue;
    const image::ImageInfo info = TRY_STEP(image::resolve(paths.store, request.source),
                                           format("mount the image {}", quoted(request.source)));
    if (info.layers.empty()) {
      return fail(ErrorKind::InvalidArgument,
                  format("the image {} has no files to mount", quoted(request.source)));
    }
    request.image_id = info.id.str();
  }
  return {};
}

Result<void> prepare_mounts(const Paths& paths, const NewContainer& made) {
  const oci::Spec& spec = made.prepared.spec;
  const std::string own = (paths.container(made.container.id) / "mounts/").str();
  for (const record::MountRequest& request : made.container.storage.mounts) {
    const oci::Mount* mount = mount_at(spec, request.target);
    if (mount == nullptr) continue;
    const std::string step = format("prepare the mount {}", quoted(request.target));
    if (request.type == "image") TRY_STEP(keep_image(paths, made.container.id, request), step);
    if (mount->type == "overlay") TRY_STEP(make_overlay_directories(own, *mount), step);
    if (request.chown) TRY_STEP(give_source(request, *mount, spec), step);
  }
  return {};
}

}  // namespace isle::engine
