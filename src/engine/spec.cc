#include "engine/spec.h"

#include "base/strings.h"
#include "engine/etc_files.h"
#include "engine/host.h"
#include "image/snapshot/overlay.h"
#include "options/option.h"
#include "runtime/relay/console_size.h"

namespace isle::engine {
namespace {

struct Root {
  image::ImageInfo image;      // empty with --rootfs
  std::vector<HostPath> read;  // where users are looked up, topmost first
};

Result<Root> resolve_root(const Paths& paths, record::Container& container) {
  record::RootSource& source = container.storage.root;
  Root root;
  if (!source.directory.empty()) {
    root.read = {HostPath(source.directory)};
    if (source.overlay) root.image.layers = root.read;
    return root;
  }
  root.image = TRY(image::resolve(paths.store, source.image));
  source.image_digest = root.image.id.str();
  root.read.assign(root.image.layers.rbegin(), root.image.layers.rend());
  return root;
}

// The root file system as a mount at "/": the runtime makes it inside, nothing shows on the host.
oci::Mount overlay_mount(const image::Overlay& overlay, const oci::Linux& linux_) {
  oci::Mount mount{.destination = "/",
                   .type = "overlay",
                   .source = "overlay",
                   .options = {},
                   .uid_mappings = linux_.uid_mappings,
                   .gid_mappings = linux_.gid_mappings};
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

void set_root(options::SpecBuilder& builder,
              const Paths& paths,
              const record::Container& container,
              const std::vector<HostPath>& layers) {
  oci::Spec& spec = builder.spec;
  if (layers.empty()) {
    spec.root->path = container.storage.root.directory;
    return;
  }
  spec.root->path = (paths.container(container.id) / "rootfs").str();
  const image::Overlay overlay = image::overlay_of(paths.store, container.id, layers);
  spec.mounts.insert(spec.mounts.begin(), overlay_mount(overlay, *spec.linux_));
}

std::string stop_signal_of(const record::Container& container, const oci::ImageRun& image) {
  if (!container.process.stop_signal.empty()) return container.process.stop_signal;
  return image.stop_signal.empty() ? "SIGTERM" : image.stop_signal;
}

}  // namespace

Result<Prepared> prepare_spec(const PrepareRequest& request, record::Container& container) {
  Root root = TRY(resolve_root(request.paths, container));
  const LayeredRoot files = TRY_STEP(LayeredRoot::open(root.read), "open the root file system");
  const options::Host host =
      host_of(request.facts, container.resources.memory || container.resources.memory_swap);
  const options::World world =
      world_of(files, request.database, request.paths, container.id, request.reserve);
  options::SpecBuilder builder(host, world, root.image.config.config);
  options::start_spec(builder);
  TRY(options::apply_options(builder, container));
  add_etc_mounts(builder.spec, request.paths.container(container.id));
  options::finish_spec(builder);
  runtime::begin_with_own_size(builder.process());
  set_root(builder, request.paths, container, root.image.layers);
  Prepared prepared{.spec = std::move(builder.spec),
                    .layers = std::move(root.image.layers),
                    .directories = std::move(builder.directories),
                    .warnings = std::move(root.image.warnings),
                    .stop_signal = stop_signal_of(container, root.image.config.config),
                    .own_network = container.namespaces.network.empty() ||
                                   container.namespaces.network == "none"};
  prepared.warnings.insert(
      prepared.warnings.end(), builder.warnings.begin(), builder.warnings.end());
  return prepared;
}

}  // namespace isle::engine
