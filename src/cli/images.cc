// isle images: what is in the store, and what came with isle.
#include <algorithm>

#include "cli/command.h"
#include "cli/output/table.h"
#include "engine/paths.h"
#include "image/embedded.h"
#include "image/image_names.h"

namespace isle::cli {
namespace {

struct Row {
  std::string name, id, size;
};

struct ImagesRequest {
  bool quiet = false, json = false;
};

constexpr CommandFlag<ImagesRequest> kFlags[] = {
    {{"quiet", 'q', options::Arity::Switch, nullptr, "Only the ids", options::Section::General},
     [](ImagesRequest& request, std::string_view value) -> Result<void> {
       request.quiet = value == "true";
       return {};
     }},
    {{"format",
      0,
      options::Arity::Value,
      "json|table",
      "For programs, or for people",
      options::Section::General},
     [](ImagesRequest& request, std::string_view value) -> Result<void> {
       request.json = TRY(is_json(value));
       return {};
     }},
};

Result<std::vector<Row>> rows_of(const image::Store& store) {
  std::vector<Row> rows;
  for (const image::NamedImage& image : TRY(image::list_images(store))) {
    if (!image.has_tag()) continue;
    const image::Reference reference = TRY(image::Reference::parse(image.name));
    rows.push_back({.name = reference.familiar(),
                    .id = std::string(image.id.hex()),
                    .size = size_words(image.size)});
  }
  for (const std::string& name : image::embedded_names()) {
    const image::Reference reference = TRY(image::Reference::parse(name));
    const bool pulled = std::ranges::any_of(
        rows, [&reference](const Row& row) { return row.name == reference.familiar(); });
    if (pulled) continue;
    Row row{.name = reference.familiar(), .id = {}, .size = {}};
    const auto loaded = TRY(image::embedded_image(store, reference));
    if (loaded) {
      row.id = std::string(loaded->record.id.hex());
      row.size = size_words(loaded->record.size());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string show(const ImagesRequest& request, const std::vector<Row>& rows) {
  if (request.json) {
    json::Value array(json::Array{});
    for (const Row& row : rows) {
      json::Value value;
      value["name"] = row.name;
      value["id"] = row.id;
      value["size"] = row.size;
      array.push_back(std::move(value));
    }
    return json::write_pretty(array) + "\n";
  }
  std::string ids;
  std::vector<std::vector<std::string>> cells;
  for (const Row& row : rows) {
    ids += row.id.substr(0, 12) + "\n";
    cells.push_back({row.name, row.id.substr(0, 12), row.size});
  }
  return request.quiet ? ids : table({"IMAGE", "ID", "SIZE"}, cells);
}

Result<std::string> list(Arguments arguments) {
  ImagesRequest request;
  TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  const engine::Paths paths = TRY(engine::Paths::open());
  return show(request, TRY(rows_of(paths.store)));
}

}  // namespace

int images_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("images"), {kFlags[0].flag, kFlags[1].flag});
  }
  const auto text = list(arguments);
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
