#pragma once
// What `docker save` writes: manifest.json, a list of images by the paths of their configuration
// and of their layers, lowest first, with the names they had. Source: the docker project's image
// specification v1.2, "Combined Image JSON + Filesystem Changeset Format".

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace isle::image {

struct DockerArchiveImage {
  std::string config;               // path in the archive
  std::vector<std::string> names;   // "busybox:latest"
  std::vector<std::string> layers;  // paths, lowest first
};

// Corrupt says which member of which image is wrong.
Result<std::vector<DockerArchiveImage>> read_docker_archive(std::string_view text);
json::Value write_docker_archive(const std::vector<DockerArchiveImage>& images);

}  // namespace isle::image
