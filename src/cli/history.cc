// isle history: the steps an image was made by, as its configuration tells them, newest first.
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/image_json.h"
#include "cli/output/table.h"
#include "cli/output/time.h"
#include "engine/paths.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct HistoryRequest {
  bool full = false, quiet = false, human = true;
  Format format;
};

constexpr CommandFlag<HistoryRequest> kFlags[] = {
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, table, or a template such as \"{{.CreatedBy}}\"",
      Section::General},
     take_format<HistoryRequest, &HistoryRequest::format>},
    {{"human",
      'H',
      Arity::Switch,
      nullptr,
      "Sizes and times as people say them; --human=false for bytes and dates",
      Section::General},
     take_switch<HistoryRequest, &HistoryRequest::human>},
    {{"no-trunc", 0, Arity::Switch, nullptr, "Whole ids and commands", Section::General},
     take_switch<HistoryRequest, &HistoryRequest::full>},
    {{"quiet", 'q', Arity::Switch, nullptr, "Only the ids", Section::General},
     take_switch<HistoryRequest, &HistoryRequest::quiet>},
};

constexpr std::array kFields = {Field{"ID", "IMAGE"},
                                Field{"CreatedSince", "CREATED"},
                                Field{"CreatedAt", "CREATED AT"},
                                Field{"CreatedBy", "CREATED BY"},
                                Field{"Size", "SIZE"},
                                Field{"Comment", "COMMENT"}};
constexpr std::size_t kCommandWidth = 45;

struct Step {
  oci::History entry;
  std::int64_t bytes = 0;
};

// Oldest first. Some images tell of fewer steps than they have layers.
std::vector<Step> steps_of(const image::Store& store, const image::ImageRecord& record) {
  std::vector<Step> steps;
  const auto& layers = record.config.rootfs.diff_ids;
  std::size_t next = 0;
  for (const oci::History& entry : record.config.history) {
    Step& step = steps.emplace_back(Step{.entry = entry, .bytes = 0});
    if (!entry.empty_layer && next < layers.size()) step.bytes = layer_bytes(store, layers[next++]);
  }
  for (; next < layers.size(); ++next) {
    steps.push_back({.entry = {}, .bytes = layer_bytes(store, layers[next])});
  }
  return steps;
}

json::Value row_of(const HistoryRequest& request, const Step& step, const std::string& id) {
  const auto seconds = parse_time(step.entry.created);
  std::string command = step.entry.created_by;
  for (char& c : command) c = c == '\t' || c == '\n' ? ' ' : c;
  if (!request.full && command.size() > kCommandWidth) {
    command = command.substr(0, kCommandWidth - 3) + "...";
  }
  const std::string since = seconds ? span_words(std::time(nullptr) - *seconds) + " ago" : "N/A";
  json::Value row;
  row["ID"] = id;
  row["CreatedAt"] = step.entry.created;
  row["CreatedSince"] = request.human ? since : step.entry.created;
  row["CreatedBy"] = std::move(command);
  row["Size"] = request.human ? size_words(step.bytes) : std::to_string(step.bytes);
  row["Comment"] = step.entry.comment;
  return row;
}

Result<std::string> show(Arguments arguments) {
  HistoryRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("history", operands, 1, 1, "image"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::ImageRecord record = TRY(find_image(paths.store, operands[0]));
  const std::vector<Step> steps = steps_of(paths.store, record);
  std::string id = request.full ? record.id.str() : std::string(record.id.short_hex());
  std::vector<json::Value> rows;
  std::string ids;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    rows.push_back(row_of(request, *step, id));
    ids += id + "\n";
    id = "<missing>";  // what came before are no images here
  }
  if (request.quiet) return ids;
  return request.format.show(kFields, {"ID", "CreatedSince", "CreatedBy", "Size", "Comment"}, rows);
}

}  // namespace

int history_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("history"), flags_of(kFlags));
  return finish(show(arguments));
}

}  // namespace isle::cli
