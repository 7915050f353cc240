// isle ns limits.
#include <array>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "cli/output/rows.h"
#include "cli/output/table.h"
#include "toolbox/discover.h"
#include "toolbox/limits.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct LimitsRequest {
  bool users = false;
  Format format;
};

constexpr CommandFlag<LimitsRequest> kFlags[] = {
    {{"users",
      0,
      Arity::Switch,
      nullptr,
      "By user namespace and user: what each has, and may have",
      Section::General},
     take_switch<LimitsRequest, &LimitsRequest::users>},
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, or a template such as \"{{.Limit}} {{.Used}} {{.Most}}\"",
      Section::General},
     take_format<LimitsRequest, &LimitsRequest::format>},
};

std::string owners(const toolbox::Inventory& inventory) {
  std::vector<std::vector<std::string>> rows;
  for (const toolbox::OwnedCount& count : toolbox::owned_counts(inventory)) {
    rows.push_back({inventory.namespaces[count.user_namespace].name.str(),
                    format("{}", count.owned),
                    format("{} of 32", count.depth)});
  }
  return table({"USER NAMESPACE", "OWNS", "DEPTH"}, rows);
}

Result<std::string> users(const Format& style, const toolbox::Inventory& inventory) {
  std::vector<json::Value> rows;
  for (const toolbox::Charge& charge : toolbox::charges(inventory)) {
    json::Value row;
    row["UserNamespace"] = inventory.namespaces[charge.user_namespace].name.str();
    row["User"] = toolbox::user_name(charge.user);
    row["Limit"] = format("max_{}_namespaces", kernel::facts_of(charge.kind).name);
    row["Used"] = charge.used;
    if (charge.most) row["Most"] = *charge.most;
    row["Near"] = charge.most && toolbox::is_near(charge.used, *charge.most) ? "near" : "";
    rows.push_back(std::move(row));
  }
  static constexpr std::array kFields = {Field{"UserNamespace", "USER NAMESPACE"},
                                         Field{"User", "USER"},
                                         Field{"Limit", "LIMIT"},
                                         Field{"Used", "IN USE"},
                                         Field{"Most", "MOST"},
                                         Field{"Near", "NEAR"}};
  return style.show(kFields, {"UserNamespace", "User", "Limit", "Used", "Most", "Near"}, rows);
}

Result<std::string> kinds(const Format& style, const toolbox::Inventory& inventory) {
  std::vector<json::Value> rows;
  for (const toolbox::Limit& limit : toolbox::limits(inventory)) {
    json::Value row;
    row["Limit"] = limit.name;
    row["Most"] = limit.most;
    row["Used"] = limit.used;
    row["MostByOne"] = limit.user.empty() ? "" : format("{} ({})", limit.by_user, limit.user);
    row["Near"] = limit.near() ? "near" : "";
    rows.push_back(std::move(row));
  }
  static constexpr std::array kFields = {Field{"Limit", "LIMIT"},
                                         Field{"Most", "MOST"},
                                         Field{"Used", "IN USE"},
                                         Field{"MostByOne", "MOST BY ONE USER"},
                                         Field{"Near", "NEAR"}};
  return style.show(kFields, {"Limit", "Most", "Used", "MostByOne", "Near"}, rows);
}

Result<std::string> limits(Arguments arguments) {
  LimitsRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns limits", operands, 0, 0, ""));
  const toolbox::Inventory inventory = TRY(toolbox::discover({}));
  if (request.users) return users(request.format, inventory);
  std::string text = TRY(kinds(request.format, inventory));
  if (!request.format.is_table()) return text;
  const std::string by_user = TRY(users(request.format, inventory));
  return format("{}\n{}\n{}", text, owners(inventory), by_user);
}

}  // namespace

int ns_limits_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("ns limits"), flags_of(kFlags));
  }
  return finish(limits(arguments));
}

}  // namespace isle::cli
