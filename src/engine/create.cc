#include "engine/create.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/strings.h"
#include "engine/containers.h"
#include "engine/etc_files.h"
#include "engine/mounts.h"
#include "engine/networking.h"
#include "engine/owner.h"
#include "engine/volumes.h"
#include "image/snapshot/snapshot.h"
#include "kernel/fd.h"
#include "oci/runtime_spec_json.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/plan/make_plan.h"

namespace isle::engine {
namespace {

Result<void> make_volume_sources(const Prepared& prepared) {
  for (const std::string& path : prepared.directories) {
    TRY_STEP(make_directories(HostPath(path)), "make the source of a volume");
    // Like docker's: for everybody to enter, its owner to write.
    if (chmod(path.c_str(), 0755) != 0) return fail_call(errno, format("chmod({})", path));
  }
  return {};
}

Result<void> make_root_directories(const Paths& paths, const NewContainer& made) {
  if (made.prepared.layers.empty()) return {};
  const HostPath directory = paths.container(made.container.id);
  const image::Snapshot snapshot =
      TRY(image::prepare_snapshot(paths.store,
                                  {.driver = made.prepared.driver,
                                   .container = made.container.id,
                                   .layers = made.prepared.layers,
                                   .image = made.container.storage.root.image_digest,
                                   .size = made.container.storage.size}));
  if (!snapshot.tree.empty()) return {};
  if (mkdir((directory / "rootfs").c_str(), 0755) != 0) return fail_call(errno, "mkdir(rootfs)");
  // fuse-overlayfs keeps the container's own ids, and shows the host's.
  if (snapshot.driver == image::Driver::FuseOverlayfs) return {};
  const kernel::UniqueFd upper =
      TRY(kernel::open_file(snapshot.upper, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  return give_to_root_inside(upper.get(), made.prepared.spec);
}

Result<void> write_config(const HostPath& directory, const oci::Spec& spec) {
  const kernel::UniqueFd file = TRY(kernel::open_file(
      directory / "config.json", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  return kernel::write_all(file.get(), json::write(oci::write_spec(spec)));
}

Result<void> fill(const Paths& paths,
                  const Database& database,
                  const runtime::HostFacts& facts,
                  ResolvedRoot root,
                  NewContainer& made) {
  made.prepared = TRY(prepare_spec(
      {.paths = paths, .database = database, .facts = facts}, made.container, std::move(root)));
  const HostPath directory = paths.container(made.container.id);
  TRY(make_volume_sources(made.prepared));
  TRY(make_root_directories(paths, made));
  TRY(fill_volumes(paths, made));
  TRY(prepare_mounts(paths, made));
  TRY(write_etc_files(directory, made.prepared.spec, made.prepared.own_network));
  return write_config(directory, made.prepared.spec);
}

// Only now is it known what the image says.
Result<void> check_life(const record::Life& life) {
  if (life.health.startup.wanted() && !life.health.wanted()) {
    return fail(ErrorKind::InvalidArgument,
                "--health-startup-cmd: neither the command line nor the image has a health check",
                "add --health-cmd COMMAND, which is asked once the start-up check is content");
  }
  if (life.sd_notify != "healthy" || life.health.wanted()) return {};
  return fail(ErrorKind::InvalidArgument,
              "--sdnotify healthy: neither the command line nor the image has a health check",
              "add --health-cmd COMMAND");
}

}  // namespace

Result<NewContainer> create_container(const Paths& paths, record::Container container) {
  const Database database(paths);
  NewContainer made{.container = std::move(container), .prepared = {}};
  std::vector<std::string> warnings;
  const runtime::HostFacts facts = TRY(runtime::gather_facts());
  TRY(settle_network(made.container, facts, warnings));
  // First, so that the record that is written holds what the image says.
  ResolvedRoot root = TRY(resolve_root(paths, made.container));
  TRY(check_life(made.container.life));
  TRY(settle_volumes(database, root.image.config.config, made.container));
  TRY(settle_image_mounts(paths, made.container));
  TRY(database.add(made.container));
  Result<void> filled = fill(paths, database, facts, std::move(root), made);
  if (!filled) {
    static_cast<void>(remove_with_volumes(paths, made.container));
    return std::unexpected(std::move(filled).error());
  }
  made.prepared.warnings.insert(made.prepared.warnings.begin(), warnings.begin(), warnings.end());
  return made;
}

namespace {

Result<void> make_room(const Paths& paths, const options::RunRequest& request) {
  if (!request.replace) return {};
  const auto removed = remove_container(paths, request.container.name, {.force = true});
  if (removed || removed.error().kind == ErrorKind::NotFound) return {};
  return std::unexpected(Error(removed.error()).within("--replace"));
}

// Made before the container is, so that two scripts with one file do not both go on.
Result<kernel::UniqueFd> claim_cid_file(const std::string& path) {
  if (path.empty()) return kernel::UniqueFd();
  Result<kernel::UniqueFd> file =
      kernel::open_file(HostPath(path), O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (file || file.error().errnum != EEXIST) return file;
  return fail(ErrorKind::Conflict,
              format("--cidfile: {} exists", quoted(path)),
              "another container's id may be in it: remove it, or name another file");
}

}  // namespace

Result<NewContainer> create_requested(const Paths& paths, options::RunRequest& request) {
  const kernel::UniqueFd cid_file = TRY(claim_cid_file(request.cid_file));
  Result<void> ready = make_room(paths, request);
  Result<NewContainer> made = ready ? create_container(paths, std::move(request.container))
                                    : std::unexpected(ready.error());
  if (cid_file && made) ready = kernel::write_all(cid_file.get(), made->container.id);
  if (cid_file && (!made || !ready)) unlink(request.cid_file.c_str());
  if (made && !ready) {
    static_cast<void>(remove_with_volumes(paths, made->container));
    return std::unexpected(ready.error());
  }
  return made;
}

namespace {
Result<std::string> words_of(const Paths& paths,
                             const std::string& id,
                             const oci::Spec& spec,
                             std::optional<record::Wiring> wiring,
                             const runtime::HostFacts& facts) {
  const runtime::PlanRequest request{.id = id,
                                     .bundle = paths.container(id),
                                     .spec = spec,
                                     .kill_with_parent = true,
                                     .default_cgroup_prefix = "/isle/",
                                     .wiring = std::move(wiring)};
  return runtime::describe_plan(TRY(runtime::make_plan(request, facts)), nullptr);
}
}  // namespace

Result<std::string> explain_only(const Paths& paths, record::Container container) {
  const Database database(paths);
  container.id = TRY(random_id());
  const runtime::HostFacts facts = TRY(runtime::gather_facts());
  std::vector<std::string> warnings;
  TRY(settle_network(container, facts, warnings));
  ResolvedRoot root = TRY(resolve_root(paths, container));
  TRY(settle_volumes(database, root.image.config.config, container));
  TRY(settle_image_mounts(paths, container));
  const Prepared prepared =
      TRY(prepare_spec({.paths = paths, .database = database, .facts = facts, .reserve = false},
                       container,
                       std::move(root)));
  return words_of(
      paths, container.id, prepared.spec, TRY(imagine_networks(paths, container)), facts);
}

Result<std::string> explain(const Paths& paths, const NewContainer& made) {
  return words_of(paths,
                  made.container.id,
                  made.prepared.spec,
                  TRY(connect_networks(paths, made.container)),
                  TRY(runtime::gather_facts()));
}

}  // namespace isle::engine
