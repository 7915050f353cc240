#include "image/manifest_list.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/fetcher.h"
#include "image/image_names.h"
#include "image/image_record.h"
#include "image/platform_choice.h"
#include "image/push.h"
#include "image/resolve.h"
#include "kernel/fd.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

constexpr std::string_view kDirectory = "manifest-lists/";

Result<std::string> path_of(const Reference& name) {
  if (!name.tag.empty() && !name.digest) return std::string(kDirectory) + name_path(name);
  return fail(ErrorKind::InvalidArgument,
              format("{} is no name for a list", quoted(name.familiar())),
              "it takes a tag, and no digest");
}

Result<ManifestList> parse_list(const std::string& text) {
  const json::Value document = TRY(json::parse(text));
  ManifestList list;
  const json::Value* entries = document.find("entries");
  if (entries == nullptr || entries->array() == nullptr) {
    return fail(ErrorKind::Corrupt, "entries: is required but absent");
  }
  for (const json::Value& item : *entries->array()) {
    const json::Value* descriptor = item.find("descriptor");
    const json::Value* image = item.find("image");
    if (descriptor == nullptr || image == nullptr || image->string() == nullptr) {
      return fail(ErrorKind::Corrupt, "entries: one is not whole");
    }
    ListEntry entry;
    entry.descriptor = TRY(oci::descriptor_of(*descriptor));
    entry.image = TRY(oci::Digest::parse(*image->string()));
    list.entries.push_back(std::move(entry));
  }
  return list;
}

// One that is in the list already is written anew.
void put_entry(ManifestList& list, ListEntry entry) {
  const auto known = std::ranges::find(list.entries, entry.image, &ListEntry::image);
  if (known == list.entries.end()) {
    list.entries.push_back(std::move(entry));
  } else {
    *known = std::move(entry);
  }
}

}  // namespace

bool PlatformChange::is_none() const {
  return os.empty() && architecture.empty() && variant.empty() && os_version.empty() &&
         os_features.empty() && annotations.empty();
}

oci::Index index_of(const ManifestList& list) {
  oci::Index index;
  index.media_type = oci::media_type::kIndex;
  for (const ListEntry& entry : list.entries) index.manifests.push_back(entry.descriptor);
  return index;
}

Result<std::optional<ManifestList>> load_list(const Store& store, const Reference& name) {
  const HostPath path = store.root() / TRY(path_of(name));
  const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDONLY));
  if (!file) return std::nullopt;
  return TRY_STEP(parse_list(TRY(kernel::read_all(file.get()))), format("read {}", path.str()));
}

Result<ManifestList> find_list(const Store& store, const Reference& name) {
  std::optional<ManifestList> list = TRY(load_list(store, name));
  if (list) return std::move(*list);
  return fail(ErrorKind::NotFound,
              format("there is no manifest list {}", quoted(name.familiar())),
              "isle manifest create makes one");
}

Result<void> save_list(const Store& store, const Reference& name, const ManifestList& list) {
  json::Value document;
  document["entries"] = json::Value(json::Array{});
  for (const ListEntry& entry : list.entries) {
    json::Value value;
    value["descriptor"] = oci::write_descriptor(entry.descriptor);
    value["image"] = entry.image.str();
    document["entries"].push_back(std::move(value));
  }
  const std::string path = TRY(path_of(name));
  TRY(store.directory(path.substr(0, path.rfind('/'))));
  return kernel::replace_file(store.root() / path, json::write(document) + "\n", 0600, true);
}

Result<void> remove_list(const Store& store, const Reference& name) {
  TRY(find_list(store, name));
  const HostPath path = store.root() / TRY(path_of(name));
  if (unlink(path.c_str()) != 0) return fail_call(errno, format("unlink({})", path.str()));
  return {};
}

Result<std::vector<Reference>> all_lists(const Store& store) {
  std::vector<Reference> lists;
  for (const std::string& name : names_below(store, "manifest-lists")) {
    lists.push_back(TRY(Reference::parse(name)));
  }
  return lists;
}

Result<std::size_t> find_entry(const Store& store,
                               const ManifestList& list,
                               const std::string& image) {
  const std::string_view text = image;
  const std::string_view hex = text.starts_with("sha256:") ? text.substr(7) : text;
  const auto begins = [hex](const oci::Digest& digest) {
    return hex.size() >= 4 && digest.hex().starts_with(hex);
  };
  const Result<ImageInfo> named = is_here(store, image)
                                      ? resolve(store, image)
                                      : Result<ImageInfo>(fail(ErrorKind::NotFound, "not here"));
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    const ListEntry& entry = list.entries[i];
    if (begins(entry.image) || begins(entry.descriptor.digest)) return i;
    if (named && named->id == entry.image) return i;
  }
  return fail(ErrorKind::NotFound,
              format("the list has no image {}", quoted(image)),
              "isle manifest inspect shows what it has");
}

Result<void> add_to_list(const Store& store,
                         ManifestList& list,
                         const std::string& image,
                         const PlatformChange& change) {
  const ImageInfo info = TRY(resolve(store, image));
  const std::optional<ImageRecord> record = TRY(load_image(store, info.id));
  if (!record) return fail(ErrorKind::NotFound, format("image {} has gone", quoted(image)));
  ListEntry entry{.descriptor = record->descriptor, .image = record->id};
  oci::Platform platform = record->config.platform;
  if (!change.os.empty()) platform.os = change.os;
  if (!change.architecture.empty()) platform.architecture = change.architecture;
  if (!change.variant.empty()) platform.variant = change.variant;
  if (!change.os_version.empty()) platform.os_version = change.os_version;
  if (!change.os_features.empty()) platform.os_features = change.os_features;
  entry.descriptor.platform = std::move(platform);
  entry.descriptor.annotations = change.annotations;
  put_entry(list, std::move(entry));
  return {};
}

Result<void> add_list(ManifestList& list, const ManifestList& other, bool all) {
  if (all) {
    for (const ListEntry& entry : other.entries) put_entry(list, entry);
    return {};
  }
  const oci::Descriptor chosen = TRY(choose_manifest(index_of(other), oci::host_platform()));
  for (const ListEntry& entry : other.entries) {
    if (entry.descriptor.digest == chosen.digest) put_entry(list, entry);
  }
  return {};
}

Result<oci::Descriptor> push_list(const Store& store, ManifestList list, const ListPush& request) {
  if (list.entries.empty()) {
    return fail(
        ErrorKind::InvalidArgument, "the list names no image", "isle manifest add LIST IMAGE");
  }
  for (ListEntry& entry : list.entries) {
    PushRequest push;
    push.image = entry.image.str();
    push.destination = request.destination;
    push.by_digest = true;
    push.form = request.form;
    push.fetch = request.fetch;
    push.on_blob = request.on_blob;
    push.on_warning = request.on_warning;
    const PushReport report =
        TRY_STEP(push_image(store, push), format("image {}", entry.image.short_hex()));
    // Layers that had to be packed anew make another manifest.
    entry.descriptor.digest = report.manifest.digest;
    entry.descriptor.size = report.manifest.size;
    entry.descriptor.media_type = report.manifest.media_type;
  }
  oci::Index index = index_of(list);
  if (request.form.manifest == ManifestForm::Docker) {
    index.media_type = oci::media_type::kDockerList;
    for (oci::Descriptor& descriptor : index.manifests) descriptor.annotations.clear();
  }
  const std::string bytes = json::write(oci::write_index(index));
  Fetcher fetcher = TRY(Fetcher::start(request.destination, request.fetch));
  oci::Descriptor descriptor{
      .media_type = index.media_type, .digest = {}, .size = std::ssize(bytes)};
  descriptor.digest =
      TRY_STEP(fetcher.put_manifest(request.destination.tag, descriptor.media_type, bytes), "list");
  return descriptor;
}

}  // namespace isle::image
