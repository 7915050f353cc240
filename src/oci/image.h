#pragma once
// The documents of an image as structs: index (also docker's manifest list), manifest (also
// docker's schema 2), configuration, layout. Names are the specification's own in snake_case.
// Source: image-spec 1.1 (descriptor.md, image-index.md, manifest.md, config.md, image-layout.md);
// docker's distribution manifest v2 schema 2; Healthcheck, Shell and OnBuild are docker's.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "oci/digest.h"
#include "oci/runtime_spec.h"

namespace isle::oci {

struct Platform {
  std::string architecture;  // "amd64" "arm64" ...
  std::string os;            // "linux"
  std::string os_version;
  Strings os_features;
  std::string variant;  // "v8" ...
};

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size = 0;  // bytes
  Strings urls;
  StringMap annotations;
  std::string data;  // the content itself in base64, or empty
  std::optional<Platform> platform;
  std::string artifact_type;
};

struct Index {
  std::string media_type;  // may be empty: the OCI form
  std::string artifact_type;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  StringMap annotations;
};

struct Manifest {
  std::string media_type;  // may be empty: the OCI form
  std::string artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;  // lowest first
  std::optional<Descriptor> subject;
  StringMap annotations;
};

struct Empty {};  // the value of a set's members: {}

struct Healthcheck {
  Strings test;  // {"CMD", "prog"...}, {"CMD-SHELL", "text"}, {"NONE"}
  std::int64_t interval = 0, timeout = 0, start_period = 0, start_interval = 0;  // nanoseconds
  int retries = 0;
};

struct ImageRun {  // member "config": how to run it
  std::string user;
  std::map<std::string, Empty> exposed_ports;  // "80/tcp"
  Strings env;
  Strings entrypoint, cmd;
  std::map<std::string, Empty> volumes;  // paths
  std::string working_dir;
  StringMap labels;
  std::string stop_signal;
  bool args_escaped = false;
  std::optional<Healthcheck> healthcheck;
  Strings shell, on_build;
};

struct RootFs {
  std::string type;              // "layers"
  std::vector<Digest> diff_ids;  // of the uncompressed layers, lowest first
};

struct History {
  std::string created, created_by, author, comment;
  bool empty_layer = false;
};

struct ImageConfig {
  std::string created, author;
  Platform platform;  // members architecture, os, os.version, os.features, variant
  ImageRun config;
  RootFs rootfs;
  std::vector<History> history;
};

// Errors: Corrupt (not JSON) or InvalidArgument with the JSON path. A document that could be read
// both as an index and as a manifest is refused, whatever its media type says.
Result<Index> read_index(std::string_view text);
Result<Manifest> read_manifest(std::string_view text);
Result<ImageConfig> read_image_config(std::string_view text);
// The same for parts of another document.
Result<ImageConfig> image_config_of(const json::Value& value);
Result<Manifest> manifest_of(const json::Value& value);
Result<Descriptor> descriptor_of(const json::Value& value);
// The file "oci-layout": Unsupported if its version is not 1.0.0.
Result<void> check_layout(std::string_view text);

json::Value write_index(const Index& index);
json::Value write_manifest(const Manifest& manifest);
json::Value write_image_config(const ImageConfig& config);
json::Value write_descriptor(const Descriptor& descriptor);
json::Value write_layout();

}  // namespace isle::oci
