#include "image/image_record.h"

#include <cerrno>

#include <dirent.h>
#include <fcntl.h>

#include "base/strings.h"
#include "image/image_names.h"
#include "image/layer/chain.h"

namespace isle::image {
namespace {

Result<const json::Value*> member(const json::Value& document, std::string_view name) {
  const json::Value* value = document.find(name);
  if (value == nullptr) return fail(ErrorKind::Corrupt, format("{}: is required but absent", name));
  return value;
}

Result<std::vector<std::string>> read_stack(const json::Value& value) {
  std::vector<std::string> stack;
  if (value.array() == nullptr) return fail(ErrorKind::Corrupt, "stack: expected an array");
  for (const json::Value& item : *value.array()) {
    const std::string* name = item.string();
    if (name == nullptr || name->find('/') != std::string::npos || name->starts_with('.')) {
      return fail(ErrorKind::Corrupt, "stack: holds what is no name of a layer");
    }
    stack.push_back(*name);
  }
  return stack;
}

Result<ImageRecord> parse_record(const std::string& text) {
  const json::Value document = TRY(json::parse(text));
  ImageRecord record;
  record.descriptor =
      TRY_STEP(oci::descriptor_of(*TRY(member(document, "descriptor"))), "descriptor");
  record.manifest = TRY_STEP(oci::manifest_of(*TRY(member(document, "manifest"))), "manifest");
  record.config = TRY_STEP(oci::image_config_of(*TRY(member(document, "config"))), "config");
  record.stack = TRY(read_stack(*TRY(member(document, "stack"))));
  record.id = record.manifest.config.digest;
  return record;
}

Result<std::optional<ImageRecord>> load_file(const HostPath& path) {
  const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDONLY));
  if (!file) return std::nullopt;
  Result<ImageRecord> record = parse_record(TRY(kernel::read_all(file.get())));
  if (record) return std::move(*record);
  Error error = std::move(record).error();
  error.kind = ErrorKind::Corrupt;
  return std::unexpected(std::move(error).within(format("read {}", quoted(path.str()))));
}

}  // namespace

std::int64_t ImageRecord::size() const {
  std::int64_t sum = manifest.config.size + descriptor.size;
  for (const oci::Descriptor& layer : manifest.layers) sum += layer.size;
  return sum;
}

Result<std::optional<ImageRecord>> load_image(const Store& store, const oci::Digest& id) {
  return load_file(store.image_file(id));
}

// With tag and digest both have to fit: the digest is the manifest's, or of an index it was in.
Result<std::optional<ImageRecord>> load_image(const Store& store, const Reference& reference) {
  const std::string path = name_path(reference);
  if (path.empty()) return std::nullopt;
  std::optional<ImageRecord> record = TRY(load_file(store.root() / "names" / path));
  if (!record || reference.tag.empty() || !reference.digest) return record;
  if (record->descriptor.digest == *reference.digest) return record;
  Reference by_digest = reference;
  by_digest.tag.clear();
  const std::optional<ImageRecord> other = TRY(load_image(store, by_digest));
  if (!other || other->id != record->id) return std::nullopt;
  return record;
}

Result<void> save_image(const Store& store, ImageRecord& record) {
  record.stack = TRY(stack_layers(store, record.config.rootfs.diff_ids));
  json::Value document;
  document["descriptor"] = oci::write_descriptor(record.descriptor);
  document["manifest"] = oci::write_manifest(record.manifest);
  document["config"] = oci::write_image_config(record.config);
  document["stack"] = record.stack;
  TRY(store.directory("images"));
  const kernel::UniqueFd lock = TRY(begin_change_of_names(store));
  return kernel::replace_file(
      store.image_file(record.id), json::write(document) + "\n", 0600, true);
}

Result<std::vector<oci::Digest>> images_with_prefix(const Store& store, std::string_view hex) {
  std::vector<oci::Digest> found;
  kernel::UniqueFd directory =
      TRY(kernel::open_if_exists(store.root() / "images", O_RDONLY | O_DIRECTORY));
  if (!directory) return found;
  DIR* stream = fdopendir(directory.get());
  if (stream == nullptr) return fail_call(errno, "fdopendir(images)");
  static_cast<void>(directory.release());
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(hex)) continue;
    Result<oci::Digest> id = oci::Digest::parse(format("sha256:{}", name));
    if (id) found.push_back(std::move(*id));
  }
  closedir(stream);
  return found;
}

}  // namespace isle::image
