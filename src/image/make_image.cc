#include "image/make_image.h"

#include <array>
#include <ctime>
#include <utility>

#include "base/json.h"
#include "base/strings.h"
#include "image/blobs.h"
#include "image/layer/layer_store.h"
#include "image/layer/unpacker.h"

namespace isle::image {
namespace {

namespace media_type = oci::media_type;

Result<std::string> text_member(const json::Value& reply, std::string_view name) {
  const json::Value* member = reply.find(name);
  if (member != nullptr && member->string() != nullptr) return *member->string();
  return fail(ErrorKind::Internal, format("isle-unpack told no {}", name));
}

Result<PackedBlob> packed_of(const json::Value& reply, oci::Compression compression) {
  PackedBlob packed;
  packed.descriptor.media_type = compression == oci::Compression::Gzip   ? media_type::kLayerGzip
                                 : compression == oci::Compression::Zstd ? media_type::kLayerZstd
                                                                         : media_type::kLayer;
  packed.descriptor.digest = TRY(oci::Digest::parse(TRY(text_member(reply, "digest"))));
  packed.diff_id = TRY(oci::Digest::parse(TRY(text_member(reply, "diffId"))));
  const json::Value* size = reply.find("size");
  if (size == nullptr || size->integer() == nullptr) {
    return fail(ErrorKind::Internal, "isle-unpack told no size");
  }
  packed.descriptor.size = *size->integer();
  return packed;
}

// A layer whose blob is kept, or packed now.
Result<PackedBlob> layer_blob(const Store& store, const ImageRecord& record, std::size_t index) {
  const oci::Descriptor& descriptor = record.manifest.layers[index];
  const oci::Digest& diff_id = record.config.rootfs.diff_ids[index];
  if (has_blob(store, descriptor)) return PackedBlob{.descriptor = descriptor, .diff_id = diff_id};
  PackOrder order;
  order.layer = true;
  // Its own directory, and above it what resolves it in this image.
  for (auto name = record.stack.rbegin(); name != record.stack.rend(); ++name) {
    const bool is_its = *name == diff_id.hex() || name->starts_with(format("{}-", diff_id.hex()));
    if (is_its) order.roots.push_back(store.root() / "layers" / *name / "fs");
  }
  return TRY_STEP(pack_blob(store, order), format("pack layer {} anew", diff_id.short_hex()));
}

Result<oci::Descriptor> keep_document(const Store& store,
                                      std::string_view type,
                                      const std::string& bytes) {
  oci::Descriptor descriptor{
      .media_type = std::string(type), .digest = TRY(digest_of(bytes)), .size = std::ssize(bytes)};
  TRY(put_blob(store, descriptor.digest, bytes));
  return descriptor;
}

// The documents as they are, or of a configuration that names other layers.
Result<void> write_documents(const Store& store, const ImageRecord& record, WholeImage& image) {
  if (!image.packed_anew) {
    image.descriptor = record.descriptor;
    image.manifest_bytes = TRY(read_blob(store, record.descriptor));
    image.config_bytes = TRY(read_blob(store, record.manifest.config));
    return {};
  }
  image.manifest.media_type = media_type::kManifest;
  image.config_bytes = json::write(oci::write_image_config(image.config));
  image.manifest.config = TRY(keep_document(store, media_type::kConfig, image.config_bytes));
  image.manifest_bytes = json::write(oci::write_manifest(image.manifest));
  image.descriptor = TRY(keep_document(store, media_type::kManifest, image.manifest_bytes));
  return {};
}

}  // namespace

Result<PackedBlob> pack_to(const Store& store, const PackOrder& order, int output) {
  std::vector<std::string> request = {
      "pack", "--compression", std::string(oci::to_string(order.compression))};
  if (order.layer) request.emplace_back("--layer");
  if (store.who() == Unpacker::User) request.emplace_back("--user");
  for (const HostPath& root : order.roots) {
    request.emplace_back("--root");
    request.push_back(root.str());
  }
  for (const HostPath& root : order.base) {
    request.emplace_back("--base");
    request.push_back(root.str());
  }
  request.insert(request.end(), order.options.begin(), order.options.end());
  return packed_of(TRY(ask_unpacker(request, -1, output)), order.compression);
}

Result<PackedBlob> pack_blob(const Store& store, const PackOrder& order) {
  StagedBlob staged = TRY(StagedBlob::create(store));
  PackedBlob packed = TRY(pack_to(store, order, staged.fd()));
  TRY(staged.publish(store, packed.descriptor.digest));
  return packed;
}

Result<PackedBlob> convert_to(const Store& store,
                              oci::Compression compression,
                              int input,
                              int output) {
  std::vector<std::string> request = {
      "convert", "--compression", std::string(oci::to_string(compression))};
  if (store.who() == Unpacker::User) request.emplace_back("--user");
  return packed_of(TRY(ask_unpacker(request, input, output)), compression);
}

Result<PackedBlob> import_blob(const Store& store, int archive) {
  StagedBlob staged = TRY(StagedBlob::create(store));
  PackedBlob packed = TRY(convert_to(store, oci::Compression::Gzip, archive, staged.fd()));
  TRY(staged.publish(store, packed.descriptor.digest));
  return packed;
}

Result<std::vector<std::string>> unpack_blob(const Store& store, const PackedBlob& blob) {
  const kernel::UniqueFd file = TRY(open_blob(store, blob.descriptor));
  return add_layer(store,
                   {.digest = blob.descriptor.digest, .diff_id = blob.diff_id, .blob = file});
}

Result<void> to_docker_types(oci::Manifest& manifest) {
  for (oci::Descriptor& layer : manifest.layers) {
    const auto compression = oci::layer_compression(layer.media_type);
    if (compression != oci::Compression::Gzip && compression != oci::Compression::None) {
      return fail(ErrorKind::Unsupported,
                  "docker's form (v2s2) knows no layers packed with zstd",
                  "--compression-format gzip packs them anew, --format oci keeps them");
    }
    layer.media_type = compression == oci::Compression::Gzip ? media_type::kDockerLayerGzip
                                                             : media_type::kDockerLayer;
  }
  manifest.config.media_type = media_type::kDockerConfig;
  manifest.media_type = media_type::kDockerManifest;
  manifest.annotations.clear();  // it has none
  return {};
}

Result<ImageRecord> make_image(const Store& store,
                               oci::ImageConfig config,
                               std::vector<oci::Descriptor> layers,
                               ManifestForm form) {
  ImageRecord record;
  oci::Manifest& manifest = record.manifest;
  manifest.media_type = media_type::kManifest;
  manifest.layers = std::move(layers);
  manifest.config =
      TRY(keep_document(store, media_type::kConfig, json::write(oci::write_image_config(config))));
  // Layers below may be of the other form.
  if (form == ManifestForm::Docker) {
    TRY(to_docker_types(manifest));
  } else {
    static_cast<void>(oci::to_oci_types(manifest));
  }
  record.descriptor =
      TRY(keep_document(store, manifest.media_type, json::write(oci::write_manifest(manifest))));
  record.id = record.manifest.config.digest;
  record.config = std::move(config);
  TRY(save_image(store, record));
  return record;
}

Result<WholeImage> whole_image(const Store& store, const ImageRecord& record) {
  WholeImage image;
  image.manifest = record.manifest;
  image.config = record.config;
  for (std::size_t i = 0; i < record.manifest.layers.size(); ++i) {
    const PackedBlob blob = TRY(layer_blob(store, record, i));
    if (blob.descriptor.digest == record.manifest.layers[i].digest) continue;
    image.packed_anew = true;
    image.manifest.layers[i] = blob.descriptor;
    image.config.rootfs.diff_ids[i] = blob.diff_id;
  }
  TRY(write_documents(store, record, image));
  return image;
}

std::string packed_anew_words(const ImageRecord& record, const WholeImage& whole) {
  return format(
      "image {}: blobs of its layers are not kept any more; they were packed anew, so "
      "that it goes out with other digests, as {}",
      record.id.short_hex(),
      whole.manifest.config.digest.short_hex());
}

std::string time_now() {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_REALTIME, &now));
  std::tm parts{};
  static_cast<void>(gmtime_r(&now.tv_sec, &parts));
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return format("{}.{:09}Z", std::string_view(text.data(), size), now.tv_nsec);
}

}  // namespace isle::image
