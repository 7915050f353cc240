#include "cli/output/image_json.h"

#include <utility>

#include "base/strings.h"
#include "image/embedded.h"
#include "image/image_names.h"
#include "image/reference.h"
#include "image/resolve.h"
#include "image/short_names.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

struct Names {
  std::vector<std::string> tags, digests;
};

Result<Names> names_of(const image::Store& store, const oci::Digest& id) {
  Names names;
  for (const image::NamedImage& named : TRY(image::list_images(store))) {
    if (named.id != id || named.name.empty()) continue;
    const Result<image::Reference> reference = image::Reference::parse(named.name);
    if (!reference) continue;
    (named.has_tag() ? names.tags : names.digests).push_back(reference->familiar());
  }
  for (const std::string& name : image::embedded_names()) {
    const image::Reference reference = TRY(image::Reference::parse(name));
    if (TRY(image::load_image(store, reference))) continue;  // the store's own wins
    const auto loaded = TRY(image::embedded_image(store, reference));
    if (loaded && loaded->record.id == id) names.tags.push_back(reference.familiar());
  }
  return names;
}

// What the configuration does not say is there all the same, so that templates find it.
json::Value run_json(const image::ImageRecord& record) {
  const json::Value whole = oci::write_image_config(record.config);
  const json::Value* config = whole.find("config");
  json::Value value = config == nullptr ? json::Value(json::Object{}) : *config;
  for (const char* text : {"User", "WorkingDir", "StopSignal"}) {
    if (value.find(text) == nullptr) value[text] = "";
  }
  for (const char* other : {"Env",
                            "Cmd",
                            "Entrypoint",
                            "ExposedPorts",
                            "Volumes",
                            "Labels",
                            "OnBuild",
                            "Healthcheck"}) {
    if (value.find(other) == nullptr) value[other] = json::Value();
  }
  return value;
}

json::Value history_json(const oci::ImageConfig& config) {
  json::Value array(json::Array{});
  for (const oci::History& entry : config.history) {
    json::Value value;
    value["created"] = entry.created;
    value["created_by"] = entry.created_by;
    if (!entry.author.empty()) value["author"] = entry.author;
    if (!entry.comment.empty()) value["comment"] = entry.comment;
    value["empty_layer"] = entry.empty_layer;
    array.push_back(std::move(value));
  }
  return array;
}

json::Value driver_json(const image::Store& store, const image::ImageRecord& record) {
  std::string lowers;
  for (auto name = record.stack.rbegin(); name != record.stack.rend(); ++name) {
    lowers += (lowers.empty() ? "" : ":") + (store.root() / "layers" / *name / "fs").str();
  }
  json::Value value;
  value["Name"] = "overlay";
  value["Data"]["LowerDir"] = std::move(lowers);
  return value;
}

}  // namespace

Result<json::Value> image_json(const image::Store& store, const image::ImageRecord& record) {
  const Names names = TRY(names_of(store, record.id));
  const oci::ImageConfig& config = record.config;
  json::Value value;
  value["Id"] = record.id.str();
  value["Digest"] = record.descriptor.digest.str();
  value["RepoTags"] = names.tags;
  value["RepoDigests"] = names.digests;
  value["Parent"] = "";
  value["Comment"] = config.history.empty() ? "" : config.history.back().comment;
  value["Created"] = config.created;
  value["Config"] = run_json(record);
  value["Version"] = "";
  value["Author"] = config.author;
  value["Architecture"] = config.platform.architecture;
  value["Variant"] = config.platform.variant;
  value["Os"] = config.platform.os;
  value["Size"] = record.size();
  value["VirtualSize"] = record.size();
  value["GraphDriver"] = driver_json(store, record);
  value["RootFS"]["Type"] = "layers";
  value["RootFS"]["Layers"] = json::Value(json::Array{});
  for (const oci::Digest& layer : config.rootfs.diff_ids) {
    value["RootFS"]["Layers"].push_back(layer.str());
  }
  value["Labels"] = json::Value(config.config.labels);
  value["Annotations"] = json::Value(record.manifest.annotations);
  value["ManifestType"] = record.descriptor.media_type;
  value["User"] = config.config.user;
  value["History"] = history_json(config);
  return value;
}

Result<image::ImageRecord> find_image(const image::Store& store, std::string_view name) {
  const image::ImageInfo info = TRY(image::resolve(store, TRY(image::name_here(store, name))));
  std::optional<image::ImageRecord> record = TRY(image::load_image(store, info.id));
  if (record) return std::move(*record);
  return fail(ErrorKind::NotFound, format("image {} was removed meanwhile", quoted(name)));
}

std::int64_t layer_bytes(const image::Store& store, const oci::Digest& diff_id) {
  const HostPath file = store.root() / "layers" / diff_id.hex() / "layer.json";
  const Result<std::string> text = kernel::read_file(file);
  const Result<json::Value> report = text ? json::parse(*text) : json::Value();
  const json::Value* bytes = report ? report->find("bytes") : nullptr;
  return bytes != nullptr && bytes->integer() != nullptr ? *bytes->integer() : 0;
}

}  // namespace isle::cli
