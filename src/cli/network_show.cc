// isle network ls and inspect.
#include "cli/network_show.h"

#include <array>
#include <ctime>

#include "base/strings.h"
#include "cli/flags.h"
#include "cli/output/listing.h"
#include "engine/networks.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct ListRequest {
  bool quiet = false, full = false, no_head = false;
  std::vector<engine::NetworkFilter> filters;
  Format format;
};
Result<void> take_filter(ListRequest& request, std::string_view value) {
  request.filters.push_back(TRY(engine::parse_network_filter(value)));
  return {};
}
constexpr CommandFlag<ListRequest> kListFlags[] = {
    {{"filter",
      'f',
      Arity::Value,
      "KEY=VALUE",
      "Only those with dangling=, driver=, id=, label=NAME[=VALUE], label!=, name=, scope=, type= "
      "or "
      "until=",
      Section::General},
     take_filter},
    {{"format",
      0,
      Arity::Value,
      "FORMAT",
      "json, table, or a template such as \"{{.Name}}\"",
      Section::General},
     take_format<ListRequest, &ListRequest::format>},
    {{"no-trunc", 0, Arity::Switch, nullptr, "Whole ids", Section::General},
     take_switch<ListRequest, &ListRequest::full>},
    {{"noheading", 0, Arity::Switch, nullptr, "Without the names of the columns", Section::General},
     take_switch<ListRequest, &ListRequest::no_head>},
    {{"quiet", 'q', Arity::Switch, nullptr, "Only the names", Section::General},
     take_switch<ListRequest, &ListRequest::quiet>},
};

constexpr std::array kFields = {Field{"ID", "NETWORK ID"},
                                Field{"Name", "NAME"},
                                Field{"Driver", "DRIVER"},
                                Field{"Scope", "SCOPE"},
                                Field{"Subnets", "SUBNETS"},
                                Field{"Internal", "INTERNAL"},
                                Field{"IPv6", "IPV6"},
                                Field{"Labels", "LABELS"},
                                Field{"CreatedAt", "CREATED AT"}};

std::string subnets_words(const record::Network& network) {
  std::vector<std::string> subnets;
  subnets.reserve(network.subnets.size());
  for (const record::Subnet& subnet : network.subnets) subnets.push_back(subnet.subnet);
  return join(subnets, ",");
}

bool has_v6(const record::Network& network) {
  return subnets_words(network).find(':') != std::string::npos;
}

json::Value row_of(const record::Network& network, bool full) {
  std::vector<std::string> labels;
  for (const auto& [name, value] : network.labels) labels.push_back(format("{}={}", name, value));
  json::Value row;
  row["ID"] = full ? network.id : network.id.substr(0, 12);
  row["Name"] = network.name;
  row["Driver"] = network.driver;
  row["Scope"] = "local";
  row["Subnets"] = subnets_words(network);
  row["Internal"] = network.internal;
  row["IPv6"] = has_v6(network);
  row["Labels"] = join(labels, ",");
  row["CreatedAt"] = time_words(network.created);
  return row;
}

json::Value member_json(const engine::Member& member) {
  json::Value value;
  value["Name"] = member.name;
  value["Device"] = member.attachment.device;
  value["MacAddress"] = member.attachment.mac;
  if (member.attachment.ingress != 0) value["Ingress"] = member.attachment.ingress;
  if (member.attachment.egress != 0) value["Egress"] = member.attachment.egress;
  value["IPv4Address"] = "";
  value["IPv6Address"] = "";
  for (const std::string& address : member.attachment.addresses) {
    value[address.find(':') == std::string::npos ? "IPv4Address" : "IPv6Address"] = address;
  }
  return value;
}

// As docker has it, with what podman calls by other names beside it.
Result<json::Value> details_of(const engine::Paths& paths, const record::Network& network) {
  json::Value value;
  value["Name"] = network.name;
  value["Id"] = network.id;
  value["Created"] = time_words(network.created);
  value["Scope"] = "local";
  value["Driver"] = network.driver;
  value["NetworkInterface"] = network.device;
  value["EnableIPv6"] = has_v6(network);
  value["Internal"] = network.internal;
  value["DNSEnabled"] = !network.no_names;
  value["DNSServers"] = network.dns_servers;
  json::Array subnets;
  for (const record::Subnet& subnet : network.subnets) {
    json::Value one;
    one["Subnet"] = subnet.subnet;
    if (!subnet.gateway.empty()) one["Gateway"] = subnet.gateway;
    if (!subnet.first.empty()) one["IPRange"] = subnet.first + "-" + subnet.last;
    subnets.push_back(std::move(one));
  }
  value["IPAM"]["Driver"] = "default";
  value["IPAM"]["Config"] = std::move(subnets);
  json::Value containers = json::Object();
  for (const engine::Member& member : TRY(engine::members_of(paths, network))) {
    containers[member.id] = member_json(member);
  }
  value["Containers"] = std::move(containers);
  value["Options"] = network.options;
  value["Labels"] = network.labels;
  return value;
}

struct InspectRequest {
  std::string format;
};
constexpr CommandFlag<InspectRequest> kInspectFlags[] = {
    {{"format", 'f', Arity::Value, "FORMAT", "json, or a template", Section::General},
     take_text<InspectRequest, &InspectRequest::format>},
};

}  // namespace

std::vector<options::Flag> network_ls_flags() { return flags_of(kListFlags); }
std::vector<options::Flag> network_inspect_flags() { return flags_of(kInspectFlags); }

Result<std::string> list_networks(Arguments arguments) {
  ListRequest request;
  const auto names = TRY(take_flags(kListFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network ls", names, 0, 0, "network"));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::vector<Error> broken;
  std::vector<json::Value> rows;
  std::string quiet;
  for (const record::Network& network :
       TRY(engine::networks_that_pass(paths, request.filters, &broken))) {
    quiet += network.name + "\n";
    rows.push_back(row_of(network, request.full));
  }
  for (const Error& error : broken) warn(error.describe());
  if (request.quiet) return quiet;
  std::string text = TRY(request.format.show(kFields, {"ID", "Name", "Driver", "Subnets"}, rows));
  if (request.no_head && request.format.has_head()) text.erase(0, text.find('\n') + 1);
  return text;
}

Result<json::Value> network_document(const engine::Paths& paths, std::string_view name) {
  return details_of(paths, TRY(network::find_network(engine::network_places(paths), name)));
}

Result<std::string> inspect_networks(Arguments arguments) {
  InspectRequest request;
  const auto names = TRY(take_flags(kInspectFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network inspect", names, 1, names.size() + 1, "network"));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::vector<json::Value> values;
  values.reserve(names.size());
  for (const std::string_view name : names) values.push_back(TRY(network_document(paths, name)));
  if (request.format.empty() || request.format == "json") {
    return json::write_pretty(json::Value(json::Array(values.begin(), values.end()))) + "\n";
  }
  return TRY(Format::parse(request.format)).lines(values);
}

}  // namespace isle::cli
