#include "engine/spec.h"

#include "base/strings.h"
#include "engine/etc_files.h"
#include "engine/host.h"
#include "image/snapshot/snapshot.h"
#include "options/option.h"
#include "runtime/relay/console_size.h"

namespace isle::engine {
namespace {

// The root file system as a mount at "/": the runtime makes it inside, nothing shows on the host.
oci::Mount overlay_mount(const image::Snapshot& overlay, const oci::Linux& linux_) {
  oci::Mount mount{.destination = "/",
                   .type = std::string(image::to_string(overlay.driver)),
                   .source = std::string(image::to_string(overlay.driver)),
                   .options = {},
                   .uid_mappings = linux_.uid_mappings,
                   .gid_mappings = linux_.gid_mappings};
  if (overlay.driver == image::Driver::FuseOverlayfs) {
    if (const auto program = image::fuse_overlayfs_program()) mount.source = program->str();
  }
  for (const HostPath& lower : overlay.lowers) {
    mount.options.push_back(format("lowerdir+={}", lower.str()));
  }
  mount.options.push_back(format("upperdir={}", overlay.upper.str()));
  mount.options.push_back(format("workdir={}", overlay.work.str()));
  if (overlay.userxattr) {
    mount.options.emplace_back("userxattr");
    // An ordinary user cannot map layers (mount_setattr needs CAP_SYS_ADMIN where the file system
    // was mounted); they are his own anyway.
    mount.uid_mappings.clear();
    mount.gid_mappings.clear();
  }
  return mount;
}

// A whole tree has the ids that the container sees: mapped, if host's are others.
oci::Mount tree_mount(const image::Snapshot& snapshot, const oci::Linux& linux_) {
  if (snapshot.driver == image::Driver::Zfs) {
    return {.destination = "/",
            .type = "zfs",
            .source = snapshot.dataset,
            .options = {},
            .uid_mappings = linux_.uid_mappings,
            .gid_mappings = linux_.gid_mappings};
  }
  return {.destination = "/",
          .type = "bind",
          .source = snapshot.tree.str(),
          .options = {"rbind"},
          .uid_mappings = linux_.uid_mappings,
          .gid_mappings = linux_.gid_mappings};
}

void set_root(options::SpecBuilder& builder,
              const Paths& paths,
              const record::Container& container,
              const std::vector<HostPath>& layers,
              image::Driver driver) {
  oci::Spec& spec = builder.spec;
  if (layers.empty()) {
    spec.root->path = container.storage.root.directory;
    return;
  }
  const image::Snapshot snapshot = image::snapshot_of(paths.store, driver, container.id, layers);
  if (!image::is_whole(driver)) {
    spec.root->path = (paths.container(container.id) / "rootfs").str();
    spec.mounts.insert(spec.mounts.begin(), overlay_mount(snapshot, *spec.linux_));
    return;
  }
  spec.root->path = snapshot.tree.str();
  const bool is_mapped = !spec.linux_->uid_mappings.empty() && !snapshot.userxattr;
  const bool is_mount = is_mapped || driver == image::Driver::Zfs;
  if (is_mount) spec.mounts.insert(spec.mounts.begin(), tree_mount(snapshot, *spec.linux_));
}

// What the command line did not say the image does.
void take_image_life(record::Container& container, const oci::ImageRun& image) {
  if (container.process.stop_signal.empty()) container.process.stop_signal = image.stop_signal;
  record::HealthCheck& health = container.life.health;
  if (!image.healthcheck) return;
  const oci::Healthcheck& given = *image.healthcheck;
  if (health.test.empty()) health.test = given.test;
  if (health.interval == 0) health.interval = given.interval;
  if (health.timeout == 0) health.timeout = given.timeout;
  if (health.start_period == 0) health.start_period = given.start_period;
  if (health.start_interval == 0) health.start_interval = given.start_interval;
  if (health.retries == 0) health.retries = given.retries;
}

Result<image::Driver> driver_of(const Paths& paths, record::Storage& storage, bool has_layers) {
  if (!has_layers) {
    if (storage.driver.empty() && !storage.size) return image::Driver::Overlay;
    return fail(ErrorKind::InvalidArgument,
                "--storage-driver and --storage-opt are of a root file system that isle makes",
                "with --rootfs DIR:O it does, beside the directory");
  }
  const image::Driver driver = TRY(image::choose_driver(paths.store, storage.driver));
  if (storage.size) TRY(image::check_size_limit(paths.store, driver));
  storage.driver = image::to_string(driver);
  return driver;
}

}  // namespace

Result<ResolvedRoot> resolve_root(const Paths& paths, record::Container& container) {
  record::RootSource& source = container.storage.root;
  ResolvedRoot root;
  if (!source.directory.empty()) {
    root.read = {HostPath(source.directory)};
    if (source.overlay) root.image.layers = root.read;
    root.driver = TRY(driver_of(paths, container.storage, source.overlay));
    return root;
  }
  root.driver = TRY(driver_of(paths, container.storage, true));
  root.image = TRY(image::resolve(paths.store, source.image));
  source.image_digest = root.image.id.str();
  for (const auto& [port, nothing] : root.image.config.config.exposed_ports) {
    container.networking.exposed.push_back(port);
  }
  root.read.assign(root.image.layers.rbegin(), root.image.layers.rend());
  take_image_life(container, root.image.config.config);
  return root;
}

Result<Prepared> prepare_spec(const PrepareRequest& request,
                              const record::Container& container,
                              ResolvedRoot root) {
  const LayeredRoot files = TRY_STEP(LayeredRoot::open(root.read), "open the root file system");
  const options::Host host =
      host_of(request.facts, container.resources.memory || container.resources.memory_swap);
  const options::World world =
      world_of(files, request.database, request.paths, container.id, request.reserve);
  options::SpecBuilder builder(host, world, root.image.config.config);
  options::start_spec(builder);
  TRY(options::apply_options(builder, container));
  std::vector<std::string> left_out;
  if (container.networking.no_hosts) left_out.emplace_back("hosts");
  const oci::Strings& dns = container.networking.dns;
  if (dns.size() == 1 && dns[0] == "none") left_out.emplace_back("resolv.conf");
  add_etc_mounts(builder.spec, request.paths.container(container.id), left_out);
  options::finish_spec(builder);
  runtime::begin_with_own_size(builder.process());
  set_root(builder, request.paths, container, root.image.layers, root.driver);
  Prepared prepared{.spec = std::move(builder.spec),
                    .layers = std::move(root.image.layers),
                    .driver = root.driver,
                    .directories = std::move(builder.directories),
                    .warnings = std::move(root.image.warnings),
                    .own_network = container.namespaces.network.empty() ||
                                   container.namespaces.network == "none" ||
                                   !container.networking.networks.empty()};
  prepared.warnings.insert(
      prepared.warnings.end(), builder.warnings.begin(), builder.warnings.end());
  return prepared;
}

}  // namespace isle::engine
