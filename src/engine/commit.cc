#include "engine/commit.h"

#include <set>
#include <utility>

#include "base/strings.h"
#include "engine/container_tree.h"
#include "engine/containers.h"
#include "image/config_change.h"
#include "image/image_names.h"
#include "image/lease.h"
#include "image/make_image.h"
#include "image/use.h"
#include "runtime/state/create.h"

namespace isle::engine {
namespace {

// Holds a container still, for as long as it lives itself.
class Stillness {
 public:
  Stillness(const Paths& paths, const Listed& listed, bool wanted) : paths_(paths) {
    if (!wanted || listed.status != runtime::Status::Running) return;
    const Result<void> paused = runtime::pause_container(paths.states(), listed.container.id);
    if (paused) {
      id_ = listed.container.id;
    } else {
      warning_ = "the container goes on meanwhile: " + paused.error().describe();
    }
  }
  Stillness(const Stillness&) = delete;
  Stillness& operator=(const Stillness&) = delete;
  ~Stillness() {
    if (!id_.empty()) static_cast<void>(runtime::resume_container(paths_.states(), id_));
  }
  const std::string& warning() const { return warning_; }

 private:
  const Paths& paths_;
  std::string id_, warning_;
};

// What the container was told to be beyond its image.
void take_process(const record::Container& container, oci::ImageRun& run) {
  const record::Process& process = container.process;
  if (process.entrypoint) run.entrypoint = *process.entrypoint;
  if (process.entrypoint || !process.command.empty()) run.cmd = process.command;
  if (!process.user.empty()) run.user = process.user;
  if (!process.workdir.empty()) run.working_dir = process.workdir;
  if (!process.stop_signal.empty()) run.stop_signal = process.stop_signal;
  for (const std::string& entry : process.env) {
    const std::string_view name = cut(entry, '=').before;
    std::erase_if(run.env, [name](const std::string& old) { return cut(old, '=').before == name; });
    run.env.push_back(entry);
  }
  for (const auto& [name, value] : container.labels) run.labels[name] = value;
}

Result<image::ImageRecord> base_of(const Paths& paths, const record::Container& container) {
  constexpr const char* kHint = "isle export writes its files, isle import makes an image of them";
  const std::string text = TRY(image::read_container_image(paths.store, container.id)).id;
  if (text.empty()) {
    return fail(
        ErrorKind::Unsupported,
        format("container {} was made of a directory, not of an image", quoted(container.name)),
        kHint);
  }
  const oci::Digest id = TRY(oci::Digest::parse(text));
  std::optional<image::ImageRecord> record = TRY(image::load_image(paths.store, id));
  if (record) return std::move(*record);
  return fail(
      ErrorKind::NotFound,
      format("the image {} of container {} was removed", id.short_hex(), quoted(container.name)),
      kHint);
}

Result<oci::ImageConfig> config_of(const image::ImageRecord& base,
                                   const record::Container& container,
                                   const CommitRequest& request) {
  oci::ImageConfig config = base.config;
  take_process(container, config.config);
  for (const std::string& change : request.changes) {
    TRY(image::apply_change(config.config, change));
  }
  if (request.volumes) {
    for (const record::MountRequest& mount : container.storage.mounts) {
      if (mount.type != "tmpfs") config.config.volumes[mount.target];
    }
  }
  config.created = image::time_now();
  if (!request.author.empty()) config.author = request.author;
  oci::History entry{.created = config.created,
                     .created_by = join(container.process.command, " "),
                     .author = request.author,
                     .comment = request.message};
  config.history.push_back(std::move(entry));
  return config;
}

Result<image::PackedBlob> pack_files(const Paths& paths, const ContainerTree& tree, bool squash) {
  image::PackOrder order;
  order.roots = squash ? tree.all() : std::vector{tree.whole.empty() ? tree.upper : tree.whole};
  if (!squash && !tree.whole.empty()) order.base = tree.lowers;
  order.layer = !squash;
  order.options = tree.id_options();
  for (std::string& word : tree.mount_point_options()) order.options.push_back(std::move(word));
  return TRY_STEP(image::pack_blob(paths.store, order), "pack what the container wrote");
}

}  // namespace

Result<Committed> commit(const Paths& paths, const CommitRequest& request) {
  const Listed listed = TRY(find_container(paths, request.container));
  const image::ImageRecord base = TRY(base_of(paths, listed.container));
  oci::ImageConfig config = TRY(config_of(base, listed.container, request));
  const ContainerTree tree = TRY(tree_of(paths, listed.container));
  image::Lease lease = TRY(image::Lease::take(paths.store));
  TRY(lease.keep_all());
  Committed committed;
  image::PackedBlob blob;
  {
    const Stillness still(paths, listed, request.pause);
    if (!still.warning().empty()) committed.warnings.push_back(still.warning());
    blob = TRY(pack_files(paths, tree, request.squash));
  }
  for (std::string& warning : TRY(image::unpack_blob(paths.store, blob))) {
    committed.warnings.push_back(std::move(warning));
  }
  std::vector<oci::Descriptor> layers;
  if (request.squash) {
    config.rootfs.diff_ids.clear();
    config.history.erase(config.history.begin(), config.history.end() - 1);
  } else {
    layers = base.manifest.layers;
  }
  config.rootfs.diff_ids.push_back(blob.diff_id);
  layers.push_back(blob.descriptor);
  committed.record =
      TRY(image::make_image(paths.store, std::move(config), std::move(layers), request.form));
  if (request.name) TRY(image::name_image(paths.store, *request.name, committed.record.id));
  return committed;
}

Result<void> export_container(const Paths& paths, std::string_view container, int output) {
  const Listed listed = TRY(find_container(paths, container));
  const ContainerTree tree = TRY(tree_of(paths, listed.container));
  image::PackOrder order;
  order.roots = tree.all();
  order.options = tree.id_options();
  order.compression = oci::Compression::None;
  TRY_STEP(image::pack_to(paths.store, order, output), "pack the root file system");
  return {};
}

Result<std::vector<image::Change>> compare_layers(const std::vector<HostPath>& before,
                                                  const std::vector<HostPath>& after) {
  const OpenTree old_tree = TRY(open_tree(before));
  const OpenTree new_tree = TRY(open_tree(after));
  return image::compare_trees(old_tree.numbers(), new_tree.numbers());
}

Result<std::vector<image::Change>> changes_of(const Paths& paths, std::string_view container) {
  const Listed listed = TRY(find_container(paths, container));
  const ContainerTree tree = TRY(tree_of(paths, listed.container));
  if (!tree.has_own()) {
    return fail(ErrorKind::Unsupported,
                format("container {} works on its directory itself", quoted(container)),
                "with --rootfs DIR:O it has a layer of its own");
  }
  std::vector<image::Change> changes = TRY(compare_layers(tree.lowers, tree.all()));
  const std::set<std::string> mount_points(tree.mount_points.begin(), tree.mount_points.end());
  std::erase_if(changes, [&](const image::Change& change) {
    return change.kind == image::Change::Kind::Added && mount_points.contains(change.path);
  });
  return changes;
}

}  // namespace isle::engine
