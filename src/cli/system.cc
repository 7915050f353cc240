// isle system: the store as a whole.
#include <array>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/table.h"
#include "engine/paths.h"
#include "image/check.h"
#include "image/disk_use.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct SystemRequest {
  bool verbose = false, repair = false, json = false;
};

constexpr CommandFlag<SystemRequest> kDfFlags[] = {
    {{"verbose", 'v', Arity::Switch, nullptr, "Each image and container", Section::General},
     take_switch<SystemRequest, &SystemRequest::verbose>},
    {{"format", 0, Arity::Value, "json|table", "For programs, or for people", Section::General},
     [](SystemRequest& request, std::string_view value) -> Result<void> {
       request.json = TRY(is_json(value));
       return {};
     }},
};

constexpr CommandFlag<SystemRequest> kCheckFlags[] = {
    {{"repair",
      0,
      Arity::Switch,
      nullptr,
      "Make what is missing from what is kept, and take away what cannot be made whole",
      Section::General},
     take_switch<SystemRequest, &SystemRequest::repair>},
};

struct Line {
  const char* type;
  const image::DiskUse::Sum& sum;
};

json::Value df_json(const std::vector<Line>& lines) {
  json::Value array(json::Array{});
  for (const Line& line : lines) {
    json::Value value;
    value["Type"] = line.type;
    value["Total"] = static_cast<std::int64_t>(line.sum.total);
    value["Active"] = static_cast<std::int64_t>(line.sum.active);
    value["Size"] = line.sum.size;
    value["Reclaimable"] = line.sum.reclaimable;
    array.push_back(std::move(value));
  }
  return array;
}

std::string df_items(const image::DiskUse& use) {
  std::vector<std::vector<std::string>> images;
  images.reserve(use.images.items.size());
  for (const image::DiskUse::Item& item : use.images.items) {
    images.push_back({item.name.empty() ? "<none>" : item.name,
                      item.id.substr(7, 12),
                      size_words(item.size),
                      size_words(item.shared),
                      size_words(item.size - item.shared),
                      format("{}", item.containers)});
  }
  std::vector<std::vector<std::string>> containers;
  containers.reserve(use.containers.items.size());
  for (const image::DiskUse::Item& item : use.containers.items) {
    containers.push_back({item.name, size_words(item.size)});
  }
  return "\n" + table({"IMAGE", "ID", "SIZE", "SHARED", "UNIQUE", "CONTAINERS"}, images) + "\n" +
         table({"CONTAINER", "SIZE"}, containers);
}

Result<std::string> df(Arguments arguments) {
  SystemRequest request;
  const auto operands = TRY(take_flags(kDfFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("system df", operands, 0, 0, ""));
  const image::DiskUse use = TRY(image::disk_use(TRY(engine::Paths::open()).store));
  const std::vector<Line> lines = {{"Images", use.images},
                                   {"Containers", use.containers},
                                   {"Packed blobs", use.blobs},
                                   {"Unfinished downloads", use.partial}};
  if (request.json) return json::write_pretty(df_json(lines)) + "\n";
  std::vector<std::vector<std::string>> rows;
  rows.reserve(lines.size());
  for (const Line& line : lines) {
    rows.push_back({line.type,
                    format("{}", line.sum.total),
                    format("{}", line.sum.active),
                    size_words(line.sum.size),
                    size_words(line.sum.reclaimable)});
  }
  std::string text = table({"TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"}, rows);
  if (request.verbose) text += df_items(use);
  return text;
}

int df_command(Arguments arguments) {
  if (wants_help(arguments))
    return print_command_help(*find_command("system df"), flags_of(kDfFlags));
  return finish(df(arguments));
}

Result<image::CheckReport> check(Arguments arguments) {
  SystemRequest request;
  const auto operands = TRY(take_flags(kCheckFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("system check", operands, 0, 0, ""));
  return image::check_store(TRY(engine::Paths::open()).store, request.repair);
}

int check_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("system check"), flags_of(kCheckFlags));
  }
  const Result<image::CheckReport> report = check(arguments);
  if (!report) return complain(report.error());
  std::string text;
  for (const std::string& line : report->repaired) text += format("repaired: {}\n", line);
  for (const std::string& line : report->problems) text += format("problem: {}\n", line);
  for (const std::string& line : report->notes) text += format("note: {}\n", line);
  text += format("{} images, {} layers, {} blobs looked at; {} problems, {} repaired\n",
                 report->images,
                 report->layers,
                 report->blobs,
                 report->problems.size(),
                 report->repaired.size());
  print(text);
  return report->problems.empty() ? 0 : 1;
}

constexpr std::array kCommands = {
    Command{
        "system df", "[-v] [--format json]", "Show what takes how much of the disk", df_command},
    Command{"system check",
            "[--repair]",
            "Look whether images, layers and blobs are whole",
            check_command},
    Command{"system prune",
            "[FLAGS]",
            "Remove ended containers, images nobody needs, unfinished downloads",
            system_prune_command},
    Command{"system info", "[--format FORMAT]", "Show what isle finds on this host", info_command},
};

}  // namespace

const Group kSystemGroup{
    .name = "system", .about = "Commands on the store as a whole", .commands = kCommands};

int system_command(Arguments arguments) { return run_group(kSystemGroup, arguments); }

}  // namespace isle::cli
