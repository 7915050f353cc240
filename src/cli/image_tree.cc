// isle image tree: an image's layers, and which other images end with them.
#include <cstddef>
#include <map>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/image_list.h"
#include "cli/output/image_json.h"
#include "cli/output/table.h"
#include "engine/paths.h"

namespace isle::cli {
namespace {

// The names of images by their topmost layer.
Result<std::map<oci::Digest, std::vector<std::string>>> tops_of(const image::Store& store) {
  std::map<oci::Digest, std::vector<std::string>> tops;
  for (const ListedImage& image : TRY(listed_images(store))) {
    const auto record = TRY(image::load_image(store, image.id));
    if (!record || record->config.rootfs.diff_ids.empty()) continue;
    const std::string name = image.tag.empty() ? std::string(image.id.short_hex())
                                               : format("{}:{}", image.repository, image.tag);
    tops[record->config.rootfs.diff_ids.back()].push_back(name);
  }
  return tops;
}

Result<std::string> show(Arguments arguments) {
  const std::vector<std::string_view> operands(arguments.begin(), arguments.end());
  TRY(check_operands("image tree", operands, 1, 1, "image"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::ImageRecord record = TRY(find_image(paths.store, operands[0]));
  const json::Value about = TRY(image_json(paths.store, record));
  std::vector<std::string> tags;
  for (const json::Value& tag : *about.find("RepoTags")->array()) tags.push_back(*tag.string());
  std::string text = format("Image ID: {}\nTags:     [{}]\nSize:     {}\nImage Layers\n",
                            record.id.short_hex(),
                            join(tags, " "),
                            size_words(record.size()));
  const auto tops = TRY(tops_of(paths.store));
  const auto& layers = record.config.rootfs.diff_ids;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto top = tops.find(layers[i]);
    text += format("{} ID: {} Size: {}{}\n",
                   i + 1 == layers.size() ? "└──" : "├──",
                   layers[i].short_hex(),
                   size_words(layer_bytes(paths.store, layers[i])),
                   top == tops.end() ? "" : format(" Top Layer of: [{}]", join(top->second, " ")));
  }
  return text;
}

}  // namespace

int tree_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("image tree"), {});
  return finish(show(arguments));
}

}  // namespace isle::cli
