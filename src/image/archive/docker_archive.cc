#include "image/archive/docker_archive.h"

#include "base/strings.h"

namespace isle::image {
namespace {

constexpr std::size_t kMostImages = 1000, kMostLayers = 1000;

std::unexpected<Error> corrupt(std::size_t index, std::string_view what) {
  return fail(ErrorKind::Corrupt, format("manifest.json: image {}: {}", index + 1, what));
}

// docker writes null for a list without members.
Result<std::vector<std::string>> texts(const json::Value& image,
                                       std::string_view name,
                                       std::size_t index) {
  std::vector<std::string> list;
  const json::Value* member = image.find(name);
  if (member == nullptr || member->is_null()) return list;
  if (member->array() == nullptr) return corrupt(index, format("{} is no list", name));
  for (const json::Value& item : *member->array()) {
    if (item.string() == nullptr) {
      return corrupt(index, format("{} holds what is no text", name));
    }
    list.push_back(*item.string());
  }
  return list;
}

Result<DockerArchiveImage> read_image(const json::Value& value, std::size_t index) {
  if (value.object() == nullptr) return corrupt(index, "is no object");
  DockerArchiveImage image;
  const json::Value* config = value.find("Config");
  if (config == nullptr || config->string() == nullptr || config->string()->empty()) {
    return corrupt(index, "Config names no file");
  }
  image.config = *config->string();
  image.names = TRY(texts(value, "RepoTags", index));
  image.layers = TRY(texts(value, "Layers", index));
  if (image.layers.size() > kMostLayers) return corrupt(index, "has too many layers");
  return image;
}

}  // namespace

Result<std::vector<DockerArchiveImage>> read_docker_archive(std::string_view text) {
  const json::Value document = TRY_STEP(json::parse(text), "manifest.json");
  if (document.array() == nullptr) {
    return fail(ErrorKind::Corrupt, "manifest.json: it is no list of images");
  }
  const json::Array& items = *document.array();
  if (items.empty() || items.size() > kMostImages) {
    return fail(ErrorKind::Corrupt, format("manifest.json: it lists {} images", items.size()));
  }
  std::vector<DockerArchiveImage> images;
  images.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) images.push_back(TRY(read_image(items[i], i)));
  return images;
}

json::Value write_docker_archive(const std::vector<DockerArchiveImage>& images) {
  json::Value array(json::Array{});
  for (const DockerArchiveImage& image : images) {
    json::Value value;
    value["Config"] = image.config;
    value["RepoTags"] = image.names;
    value["Layers"] = image.layers;
    array.push_back(std::move(value));
  }
  return array;
}

}  // namespace isle::image
