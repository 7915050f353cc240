#include "image/use.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/embedded.h"
#include "image/entries.h"
#include "image/image_names.h"
#include "image/manifest_list.h"

namespace isle::image {
namespace {

void need(Use::Needed& needed, std::string_view what, const std::string& who) {
  needed[std::string(what)].push_back(who);
}

void add_needs(Use& use, const ImageRecord& record) {
  const std::string who = format("image {}", record.id.short_hex());
  for (const std::string& layer : record.stack) need(use.layers, layer, who);
  need(use.blobs, record.descriptor.digest.hex(), who);
  need(use.blobs, record.manifest.config.digest.hex(), who);
  for (const oci::Descriptor& layer : record.manifest.layers) {
    need(use.blobs, layer.digest.hex(), who);
  }
}

Result<void> read_images(const Store& store, Use& use) {
  for (const oci::Digest& id : TRY(images_with_prefix(store, ""))) {
    Result<std::optional<ImageRecord>> record = load_image(store, id);
    if (!record) {
      use.broken.push_back(record.error());
    } else if (*record) {
      add_needs(use, **record);
      use.images[id].record = std::move(**record);
    }
  }
  return {};
}

// The index a name stands for is a blob, too.
void read_names(const Store& store, Use& use) {
  for (NameLink& link : name_links(store)) {
    const auto image = link.id ? use.images.find(*link.id) : use.images.end();
    if (image == use.images.end()) {
      // The image is there, only its record is damaged.
      if (link.id && access(store.image_file(*link.id).c_str(), F_OK) == 0) continue;
      use.dangling_names.push_back(std::move(link.name));
      continue;
    }
    const std::size_t at = link.name.find('@');
    const Result<oci::Digest> digest =
        oci::Digest::parse(at == std::string::npos ? "" : link.name.substr(at + 1));
    if (digest) need(use.blobs, digest->hex(), format("name {}", link.name));
    image->second.names.push_back(std::move(link.name));
  }
}

void add_container(Use& use,
                   const std::string& container,
                   const std::string& image_id,
                   const std::vector<std::string>& layers) {
  const std::string who = format("container {}", container.substr(0, 12));
  for (const std::string& layer : layers) need(use.layers, layer, who);
  const Result<oci::Digest> image = oci::Digest::parse(image_id);
  const auto found = image ? use.images.find(*image) : use.images.end();
  if (found == use.images.end()) return;
  std::vector<std::string>& containers = found->second.containers;
  if (std::ranges::find(containers, container) == containers.end()) containers.push_back(container);
}

Result<void> read_containers(const Store& store, Use& use) {
  for (const std::string& id : TRY(entries_of(store.root() / "containers"))) {
    const ContainerImage needs = TRY(read_container_image(store, id));
    add_container(use, id, needs.id, needs.layers);
    for (const MountedImage& mounted : needs.mounted) {
      add_container(use, id, mounted.id, mounted.layers);
    }
  }
  return {};
}

Result<void> read_lists(const Store& store, Use& use) {
  for (const Reference& name : TRY(all_lists(store))) {
    const Result<std::optional<ManifestList>> list = load_list(store, name);
    if (!list) {
      use.broken.push_back(list.error());
      continue;
    }
    for (const ListEntry& entry : *list ? (*list)->entries : std::vector<ListEntry>{}) {
      const auto found = use.images.find(entry.image);
      if (found != use.images.end()) found->second.lists.push_back(name.familiar());
    }
  }
  return {};
}

}  // namespace

bool ImageUse::has_tag() const {
  return std::ranges::any_of(
      names, [](const std::string& name) { return name.find('@') == std::string::npos; });
}

Result<Use> read_use(const Store& store) {
  Use use;
  TRY(read_images(store, use));
  read_names(store, use);
  TRY(read_containers(store, use));
  TRY(read_lists(store, use));
  for (const oci::Digest& id : built_in_images(store)) {
    const auto image = use.images.find(id);
    if (image != use.images.end()) image->second.built_in = true;
  }
  return use;
}

// The image's id, then a layer a line; then "@ID" and its layers for each that is mounted.
Result<ContainerImage> read_container_image(const Store& store, std::string_view container) {
  ContainerImage image;
  const HostPath path = store.container_directory(container) / "image";
  const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDONLY | O_NOFOLLOW));
  if (!file) return image;
  const std::string text = TRY(kernel::read_all(file.get()));
  const Cut first = cut(text, '\n');
  image.id = first.before;
  for (const std::string_view line : split(first.after, '\n')) {
    if (line.starts_with('@')) {
      image.mounted.push_back({.id = std::string(line.substr(1)), .layers = {}});
    } else if (!line.empty()) {
      (image.mounted.empty() ? image.layers : image.mounted.back().layers).emplace_back(line);
    }
  }
  return image;
}

Result<void> write_container_image(const Store& store,
                                   std::string_view container,
                                   const ContainerImage& image) {
  std::string text = image.id + "\n";
  for (const std::string& layer : image.layers) text += layer + "\n";
  for (const MountedImage& mounted : image.mounted) {
    text += "@" + mounted.id + "\n";
    for (const std::string& layer : mounted.layers) text += layer + "\n";
  }
  const kernel::UniqueFd file =
      TRY(kernel::open_file(store.container_directory(container) / "image",
                            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW,
                            0600));
  return kernel::write_all(file.get(), text);
}

}  // namespace isle::image
