// isle ps.
#include <cstdint>
#include <ctime>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/output/listing.h"
#include "cli/output/rows.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct PsRequest {
  bool all = false, quiet = false, full = false;
  Format format;
};

constexpr CommandFlag<PsRequest> kFlags[] = {
    {{"all", 'a', Arity::Switch, nullptr, "Those that do not run, too", Section::General},
     [](PsRequest& request, std::string_view value) -> Result<void> {
       request.all = value == "true";
       return {};
     }},
    {{"quiet", 'q', Arity::Switch, nullptr, "Only the ids", Section::General},
     [](PsRequest& request, std::string_view value) -> Result<void> {
       request.quiet = value == "true";
       return {};
     }},
    {{"no-trunc", 0, Arity::Switch, nullptr, "Whole ids and commands", Section::General},
     [](PsRequest& request, std::string_view value) -> Result<void> {
       request.full = value == "true";
       return {};
     }},
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, table, or a template such as \"{{.Names}} {{.Status}}\"",
      Section::General},
     [](PsRequest& request, std::string_view value) -> Result<void> {
       request.format = TRY(Format::parse(value));
       return {};
     }},
};

Result<engine::Listing> list(PsRequest& request, Arguments arguments) {
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  if (!operands.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("ps: {} is too much", quoted(operands[0])),
                "ps takes flags only");
  }
  return engine::list_containers(TRY(engine::Paths::open()), request.all);
}

Result<std::string> show(const PsRequest& request, const std::vector<engine::Listed>& containers) {
  if (request.format.is_json()) {
    json::Value array(json::Array{});
    for (const engine::Listed& listed : containers) array.push_back(listed_json(listed));
    return json::write_pretty(array) + "\n";
  }
  const std::int64_t now = std::time(nullptr);
  std::vector<json::Value> rows;
  std::string ids;
  for (const engine::Listed& listed : containers) {
    const std::string& id = listed.container.id;
    ids += (request.full ? id : id.substr(0, 12)) + "\n";
    rows.push_back(container_row(listed, now, request.full));
  }
  if (request.quiet) return ids;
  return request.format.show(
      container_fields(), {"ID", "Image", "Command", "RunningFor", "Status", "Names"}, rows);
}

}  // namespace

int ps_command(Arguments arguments) {
  if (wants_help(arguments)) {
    std::vector<options::Flag> flags;
    for (const auto& row : kFlags) flags.push_back(row.flag);
    return print_command_help(*find_command("ps"), flags);
  }
  PsRequest request;
  const auto listing = list(request, arguments);
  if (!listing) return complain(listing.error());
  const auto text = show(request, listing->containers);
  if (!text) return complain(text.error());
  print(*text);
  for (const Error& error : listing->broken) complain(error);
  return listing->broken.empty() ? 0 : kExitEngine;
}

}  // namespace isle::cli
