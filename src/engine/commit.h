#pragma once
// What is made of a container's files: an image, an archive, a list of what changed.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/paths.h"
#include "image/image_record.h"
#include "image/layer/compare.h"
#include "image/make_image.h"
#include "image/reference.h"

namespace isle::engine {

struct CommitRequest {
  std::string container;  // name or id
  std::string author, message;
  std::vector<std::string> changes;  // instructions, image/config_change.h
  image::ManifestForm form = image::ManifestForm::Oci;
  bool squash = false;   // all its files as one layer
  bool volumes = false;  // where something was mounted the image declares a volume
  bool pause = true;     // while its files are read, if it runs
  std::optional<image::Reference> name;
};
struct Committed {
  image::ImageRecord record;
  std::vector<std::string> warnings;
};
// The image of the container with one more layer, and what the container was told to run.
// Unsupported: it runs on a directory itself. NotFound: its image is gone.
Result<Committed> commit(const Paths& paths, const CommitRequest& request);

// The whole root file system as an archive, without what is mounted in it.
Result<void> export_container(const Paths& paths, std::string_view container, int output);

// What a container changed in its image.
Result<std::vector<image::Change>> changes_of(const Paths& paths, std::string_view container);
// By layers, topmost first.
Result<std::vector<image::Change>> compare_layers(const std::vector<HostPath>& before,
                                                  const std::vector<HostPath>& after);

}  // namespace isle::engine
