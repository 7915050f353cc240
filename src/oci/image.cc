// The image documents <-> JSON; json_reader.h tells how `fields` works.
#include "oci/image.h"

#include "base/strings.h"
#include "oci/json_writer.h"
#include "oci/media_type.h"

namespace isle::oci {
namespace {

constexpr std::string_view kLayerFileSystem[] = {"layers"};

// Complaints beyond the type of a member; nothing when writing.
template <typename Io, typename Check>
void check(Io& io, std::string_view name, Check complaint) {
  if constexpr (requires { io.log(); }) {
    const std::string what = complaint();
    if (!what.empty()) io.log().complain({.parent = &io.at(), .name = name}, what);
  }
}

template <typename Io>
void check_media_type(Io& io, std::string_view name, const std::string& type) {
  check(io, name, [&] {
    return type.empty() || is_media_type(type) ? "" : quoted(type) + " is no media type";
  });
}

}  // namespace

template <typename Io>
void fields(Io&, typename Io::template Ref<Empty>) {}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Platform> platform) {
  io.required("architecture", platform.architecture);
  io.required("os", platform.os);
  io.optional("os.version", platform.os_version);
  io.optional("os.features", platform.os_features);
  io.optional("variant", platform.variant);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Descriptor> descriptor) {
  io.required("mediaType", descriptor.media_type);
  check(io, "mediaType", [&] { return descriptor.media_type.empty() ? "is empty" : ""; });
  check_media_type(io, "mediaType", descriptor.media_type);
  io.required("digest", descriptor.digest);
  io.required("size", descriptor.size);
  check(io, "size", [&] { return descriptor.size < 0 ? "is negative" : ""; });
  io.optional("urls", descriptor.urls);
  io.optional("annotations", descriptor.annotations);
  io.optional("data", descriptor.data);
  io.optional("platform", descriptor.platform);
  io.optional("artifactType", descriptor.artifact_type);
  check_media_type(io, "artifactType", descriptor.artifact_type);
}

template <typename Io>
void schema_version(Io& io) {
  int version = 2;
  io.required("schemaVersion", version);
  check(io, "schemaVersion", [&] {
    return version == 2 ? "" : format("version {} is not supported, only 2", version);
  });
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Index> index) {
  schema_version(io);
  io.optional("mediaType", index.media_type);
  check(io, "mediaType", [&] {
    const bool fits = index.media_type.empty() || is_index(index.media_type);
    return fits ? "" : quoted(index.media_type) + " is not that of an index";
  });
  io.optional("artifactType", index.artifact_type);
  check_media_type(io, "artifactType", index.artifact_type);
  io.required("manifests", index.manifests);
  io.optional("subject", index.subject);
  io.optional("annotations", index.annotations);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Manifest> manifest) {
  schema_version(io);
  io.optional("mediaType", manifest.media_type);
  check(io, "mediaType", [&] {
    const bool fits = manifest.media_type.empty() || is_manifest(manifest.media_type);
    return fits ? "" : quoted(manifest.media_type) + " is not that of a manifest";
  });
  io.optional("artifactType", manifest.artifact_type);
  check_media_type(io, "artifactType", manifest.artifact_type);
  io.required("config", manifest.config);
  io.required("layers", manifest.layers);
  io.optional("subject", manifest.subject);
  io.optional("annotations", manifest.annotations);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Healthcheck> health) {
  io.optional("Test", health.test);
  io.optional("Interval", health.interval);
  io.optional("Timeout", health.timeout);
  io.optional("StartPeriod", health.start_period);
  io.optional("StartInterval", health.start_interval);
  io.optional("Retries", health.retries);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<ImageRun> run) {
  io.optional("User", run.user);
  io.optional("ExposedPorts", run.exposed_ports);
  io.optional("Env", run.env);
  io.optional("Entrypoint", run.entrypoint);
  io.optional("Cmd", run.cmd);
  io.optional("Volumes", run.volumes);
  io.optional("WorkingDir", run.working_dir);
  io.optional("Labels", run.labels);
  io.optional("StopSignal", run.stop_signal);
  io.optional("ArgsEscaped", run.args_escaped);
  io.optional("Healthcheck", run.healthcheck);
  io.optional("Shell", run.shell);
  io.optional("OnBuild", run.on_build);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<RootFs> rootfs) {
  io.required("type", rootfs.type, kLayerFileSystem);
  io.required("diff_ids", rootfs.diff_ids);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<History> entry) {
  io.optional("created", entry.created);
  io.optional("created_by", entry.created_by);
  io.optional("author", entry.author);
  io.optional("comment", entry.comment);
  io.optional("empty_layer", entry.empty_layer);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<ImageConfig> image) {
  io.optional("created", image.created);
  io.optional("author", image.author);
  fields(io, image.platform);
  io.always("config", image.config);
  io.required("rootfs", image.rootfs);
  io.optional("history", image.history);
}

namespace {

// An index hides no manifest and a manifest no index: readers that trust different members of one
// document would run different images under one digest.
Result<json::Value> parse_unambiguous(std::string_view text,
                                      std::initializer_list<std::string_view> foreign) {
  json::Value document = TRY(json::parse(text));
  for (const std::string_view name : foreign) {
    if (document.find(name) == nullptr) continue;
    return fail(ErrorKind::InvalidArgument,
                format("{}: stands in a document of another type", name));
  }
  return document;
}

}  // namespace

Result<Index> read_index(std::string_view text) {
  return read_document<Index>(TRY(parse_unambiguous(text, {"config", "layers", "fsLayers"})));
}

Result<Manifest> read_manifest(std::string_view text) {
  return read_document<Manifest>(TRY(parse_unambiguous(text, {"manifests", "fsLayers"})));
}

Result<ImageConfig> read_image_config(std::string_view text) {
  return image_config_of(TRY(json::parse(text)));
}

Result<ImageConfig> image_config_of(const json::Value& value) {
  return read_document<ImageConfig>(value);
}
Result<Manifest> manifest_of(const json::Value& value) { return read_document<Manifest>(value); }
Result<Descriptor> descriptor_of(const json::Value& value) {
  return read_document<Descriptor>(value);
}

Result<void> check_layout(std::string_view text) {
  const json::Value document = TRY(json::parse(text));
  const json::Value* version = document.find("imageLayoutVersion");
  const std::string* value = version == nullptr ? nullptr : version->string();
  if (value != nullptr && *value == "1.0.0") return {};
  return fail(ErrorKind::Unsupported,
              format("imageLayoutVersion: {} is not supported, only \"1.0.0\"",
                     value == nullptr ? "none" : quoted(*value)));
}

json::Value write_index(const Index& index) { return write_value(index); }
json::Value write_manifest(const Manifest& manifest) { return write_value(manifest); }
json::Value write_image_config(const ImageConfig& config) { return write_value(config); }
json::Value write_descriptor(const Descriptor& descriptor) { return write_value(descriptor); }

json::Value write_layout() {
  json::Value layout;
  layout["imageLayoutVersion"] = "1.0.0";
  return layout;
}

}  // namespace isle::oci
