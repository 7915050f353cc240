// isle images: what is in the store, and what came with isle.
#include <array>
#include <ctime>
#include <set>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/image_list.h"
#include "cli/output/listing.h"
#include "cli/output/table.h"
#include "engine/paths.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct ImagesRequest {
  bool all = false, digests = false, full = false, quiet = false, no_head = false;
  std::vector<std::string> filters;
  std::string sort;
  Format format;
};

constexpr CommandFlag<ImagesRequest> kFlags[] = {
    {{"all",
      'a',
      Arity::Switch,
      nullptr,
      "Intermediate images, too; isle makes none",
      Section::General},
     take_switch<ImagesRequest, &ImagesRequest::all>},
    {{"digests",
      0,
      Arity::Switch,
      nullptr,
      "A column with the manifests' digests",
      Section::General},
     take_switch<ImagesRequest, &ImagesRequest::digests>},
    {{"filter",
      'f',
      Arity::Value,
      "KEY=VALUE",
      "Only those with reference=PATTERN, dangling=BOOL, label=NAME[=VALUE], before=IMAGE or "
      "since=IMAGE",
      Section::General},
     take_each<ImagesRequest, &ImagesRequest::filters>},
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, table, or a template such as \"{{.Repository}}:{{.Tag}}\"",
      Section::General},
     take_format<ImagesRequest, &ImagesRequest::format>},
    {{"no-trunc", 0, Arity::Switch, nullptr, "Whole ids", Section::General},
     take_switch<ImagesRequest, &ImagesRequest::full>},
    {{"noheading",
      'n',
      Arity::Switch,
      nullptr,
      "Without the names of the columns",
      Section::General},
     take_switch<ImagesRequest, &ImagesRequest::no_head>},
    {{"quiet", 'q', Arity::Switch, nullptr, "Only the ids", Section::General},
     take_switch<ImagesRequest, &ImagesRequest::quiet>},
    {{"sort", 0, Arity::Value, "KEY", "By created, id, repository, size or tag", Section::General},
     take_text<ImagesRequest, &ImagesRequest::sort>},
};

constexpr std::array kFields = {Field{"Repository", "REPOSITORY"},
                                Field{"Tag", "TAG"},
                                Field{"Digest", "DIGEST"},
                                Field{"ID", "IMAGE ID"},
                                Field{"CreatedSince", "CREATED"},
                                Field{"CreatedAt", "CREATED AT"},
                                Field{"Created", "CREATED"},
                                Field{"Size", "SIZE"},
                                Field{"Bytes", "BYTES"},
                                Field{"Name", "NAME"}};

std::string or_none(const std::string& text) { return text.empty() ? "<none>" : text; }

std::string id_words(const ImagesRequest& request, const ListedImage& image) {
  return request.full ? image.id.str() : std::string(image.id.short_hex());
}

json::Value row_of(const ImagesRequest& request, const ListedImage& image, std::int64_t now) {
  json::Value row;
  row["Repository"] = or_none(image.repository);
  row["Tag"] = or_none(image.tag);
  row["Digest"] = or_none(image.digest);
  row["ID"] = id_words(request, image);
  row["CreatedSince"] = image.seconds ? span_words(now - *image.seconds) + " ago" : "N/A";
  row["CreatedAt"] = image.seconds ? time_words(*image.seconds) : "N/A";
  row["Created"] = image.seconds.value_or(0);
  row["Size"] = size_words(image.size);
  row["Bytes"] = image.size;
  row["Name"] = image.full_name;
  return row;
}

std::string ids_of(const ImagesRequest& request, const std::vector<ListedImage>& images) {
  std::string text;
  std::set<oci::Digest> seen;
  for (const ListedImage& image : images) {
    if (seen.insert(image.id).second) text += id_words(request, image) + "\n";
  }
  return text;
}

Result<std::string> show(const ImagesRequest& request, const std::vector<ListedImage>& images) {
  if (request.quiet) return ids_of(request, images);
  const std::int64_t now = std::time(nullptr);
  std::vector<json::Value> rows;
  rows.reserve(images.size());
  for (const ListedImage& image : images) rows.push_back(row_of(request, image, now));
  std::vector<std::string> shown = {"Repository", "Tag"};
  if (request.digests) shown.emplace_back("Digest");
  for (const char* field : {"ID", "CreatedSince", "Size"}) shown.emplace_back(field);
  std::string text = TRY(request.format.show(kFields, shown, rows));
  if (request.no_head && request.format.has_head()) text.erase(0, text.find('\n') + 1);
  return text;
}

Result<std::string> list(Arguments arguments) {
  ImagesRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("images", operands, 0, 1, "image"));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::vector<ListedImage> images = TRY(listed_images(paths.store));
  const std::string name(operands.empty() ? "" : operands[0]);
  TRY(filter_images(paths.store, {.filters = request.filters, .name = name}, images));
  if (!request.sort.empty()) TRY(sort_images(request.sort, images));
  return show(request, images);
}

}  // namespace

int images_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("images"), flags_of(kFlags));
  return finish(list(arguments));
}

}  // namespace isle::cli
