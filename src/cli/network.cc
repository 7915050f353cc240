// isle network: networks that containers are in.
#include <array>

#include "base/ip_address.h"
#include "base/strings.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/network_create.h"
#include "cli/network_reload.h"
#include "cli/network_show.h"
#include "engine/networks.h"
#include "options/network.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct ForceRequest {
  bool force = false;
};
constexpr CommandFlag<ForceRequest> kRmFlags[] = {
    {{"force",
      'f',
      Arity::Switch,
      nullptr,
      "With the containers in it; one that is not there is no error",
      Section::General},
     take_switch<ForceRequest, &ForceRequest::force>},
};

Result<std::string> remove(Arguments arguments) {
  ForceRequest request;
  const auto names = TRY(take_flags(kRmFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network rm", names, 1, names.size() + 1, "network"));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::string text;
  for (const std::string_view name : names) {
    const auto removed = engine::remove_network(paths, name, request.force);
    if (!removed && request.force && removed.error().kind == ErrorKind::NotFound) continue;
    if (!removed) return std::unexpected(removed.error());
    text += format("{}\n", name);
  }
  return text;
}

struct PruneRequest {
  bool force = false;
  std::vector<engine::NetworkFilter> filters;
};
Result<void> take_prune_filter(PruneRequest& request, std::string_view value) {
  request.filters.push_back(TRY(engine::parse_network_filter(value)));
  return {};
}
constexpr CommandFlag<PruneRequest> kPruneFlags[] = {
    {{"filter",
      0,
      Arity::Value,
      "KEY=VALUE",
      "Only those that network ls --filter shows: label=, label!=, until= ...",
      Section::General},
     take_prune_filter},
    {{"force", 'f', Arity::Switch, nullptr, "Do not ask", Section::General},
     take_switch<PruneRequest, &PruneRequest::force>},
};

Result<std::string> prune(Arguments arguments) {
  PruneRequest request;
  const auto names = TRY(take_flags(kPruneFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network prune", names, 0, 0, "network"));
  const bool wanted = request.force || TRY(ask_whether_to_remove("all networks nobody is in"));
  if (!wanted) return std::string();
  std::string text;
  const engine::Paths paths = TRY(engine::Paths::open());
  for (const std::string& name : TRY(engine::prune_networks(paths, request.filters))) {
    text += name + "\n";
  }
  return text;
}

struct ConnectRequest {
  std::string ip, ip6, mac, ingress, egress;
  std::vector<std::string> aliases;
};
constexpr CommandFlag<ConnectRequest> kConnectFlags[] = {
    {{"alias", 0, Arity::Value, "NAME", "One more name in this network", Section::General},
     take_each<ConnectRequest, &ConnectRequest::aliases>},
    {{"egress",
      0,
      Arity::Value,
      "RATE",
      "What it sends there at most, bits a second: 10mbit",
      Section::General},
     take_text<ConnectRequest, &ConnectRequest::egress>},
    {{"ingress",
      0,
      Arity::Value,
      "RATE",
      "What it receives there at most, bits a second: 10mbit",
      Section::General},
     take_text<ConnectRequest, &ConnectRequest::ingress>},
    {{"ip", 0, Arity::Value, "ADDRESS", "Its IPv4 address there", Section::General},
     take_text<ConnectRequest, &ConnectRequest::ip>},
    {{"ip6", 0, Arity::Value, "ADDRESS", "Its IPv6 address there", Section::General},
     take_text<ConnectRequest, &ConnectRequest::ip6>},
    {{"mac-address", 0, Arity::Value, "MAC", "The address of its card", Section::General},
     take_text<ConnectRequest, &ConnectRequest::mac>},
};

// Through the option's own grammar, which checks each.
Result<record::NetworkWish> wish_of(std::string_view network, const ConnectRequest& request) {
  std::vector<std::string> parts;
  if (!request.ip.empty()) parts.push_back("ip=" + request.ip);
  if (!request.ip6.empty()) parts.push_back("ip6=" + request.ip6);
  if (!request.mac.empty()) parts.push_back("mac=" + request.mac);
  if (!request.ingress.empty()) parts.push_back("ingress=" + request.ingress);
  if (!request.egress.empty()) parts.push_back("egress=" + request.egress);
  for (const std::string& alias : request.aliases) parts.push_back("alias=" + alias);
  record::Container scratch;
  const std::string text =
      parts.empty() ? std::string(network) : format("{}:{}", network, join(parts, ","));
  TRY(options::take_network(scratch, text));
  if (scratch.networking.networks.size() != 1) {
    return fail(ErrorKind::InvalidArgument, format("{} is no network", quoted(network)));
  }
  return scratch.networking.networks[0];
}

Result<std::string> connect(Arguments arguments) {
  ConnectRequest request;
  const auto names = TRY(take_flags(kConnectFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network connect", names, 2, 2, names.empty() ? "network" : "container"));
  const engine::Paths paths = TRY(engine::Paths::open());
  TRY(engine::connect_container(paths, names[1], TRY(wish_of(names[0], request))));
  return std::string();
}

constexpr CommandFlag<ForceRequest> kDisconnectFlags[] = {
    {{"force", 'f', Arity::Switch, nullptr, "One that is not in it is no error", Section::General},
     take_switch<ForceRequest, &ForceRequest::force>},
};

Result<std::string> disconnect(Arguments arguments) {
  ForceRequest request;
  const auto names =
      TRY(take_flags(kDisconnectFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network disconnect", names, 2, 2, names.empty() ? "network" : "container"));
  const engine::Paths paths = TRY(engine::Paths::open());
  TRY(engine::disconnect_container(paths, names[1], names[0], request.force));
  return std::string();
}

struct UpdateRequest {
  std::vector<std::string> add, drop;
};
constexpr CommandFlag<UpdateRequest> kUpdateFlags[] = {
    {{"dns-add", 0, Arity::Value, "ADDRESS", "One more name server", Section::General},
     take_each<UpdateRequest, &UpdateRequest::add>},
    {{"dns-drop", 0, Arity::Value, "ADDRESS", "One name server less", Section::General},
     take_each<UpdateRequest, &UpdateRequest::drop>},
};

Result<std::string> update(Arguments arguments) {
  UpdateRequest request;
  const auto names = TRY(take_flags(kUpdateFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("network update", names, 1, 1, "network"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const network::Places places = engine::network_places(paths);
  record::Network network = TRY(network::find_network(places, names[0]));
  for (const std::string& server : request.add) {
    network.dns_servers.push_back(TRY_STEP(IpAddress::parse(server), "--dns-add").str());
  }
  for (const std::string& server : request.drop) {
    if (std::erase(network.dns_servers, server) != 0) continue;
    return fail(
        ErrorKind::NotFound,
        format(
            "--dns-drop: network {} has no name server {}", quoted(network.name), quoted(server)));
  }
  TRY(network::replace_network(places, network));
  return format("{}\n", network.name);
}

template <Result<std::string> (*kRun)(Arguments)>
int command(const char* name, Arguments arguments, const std::vector<options::Flag>& flags) {
  if (wants_help(arguments)) return print_command_help(*find_command(name), flags);
  const auto text = kRun(arguments);
  return text ? finish(text) : complain(Error(text.error()).within(name));
}

int create_command(Arguments arguments) {
  return command<create_network>("network create", arguments, network_create_flags());
}
int ls_command(Arguments arguments) {
  return command<list_networks>("network ls", arguments, network_ls_flags());
}
int network_inspect_command(Arguments arguments) {
  return command<inspect_networks>("network inspect", arguments, network_inspect_flags());
}
int network_rm_command(Arguments arguments) {
  return command<remove>("network rm", arguments, flags_of(kRmFlags));
}
int network_prune_command(Arguments arguments) {
  return command<prune>("network prune", arguments, flags_of(kPruneFlags));
}
int connect_command(Arguments arguments) {
  return command<connect>("network connect", arguments, flags_of(kConnectFlags));
}
int disconnect_command(Arguments arguments) {
  return command<disconnect>("network disconnect", arguments, flags_of(kDisconnectFlags));
}
int reload_command(Arguments arguments) {
  return command<reload_networks>("network reload", arguments, network_reload_flags());
}
int network_update_command(Arguments arguments) {
  return command<update>("network update", arguments, flags_of(kUpdateFlags));
}

// Its status is the answer.
int network_exists_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("network exists"), {});
  const std::vector<std::string_view> names(arguments.begin(), arguments.end());
  const auto checked = check_operands("network exists", names, 1, 1, "network");
  if (!checked) return complain(checked.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto found = network::has_network(engine::network_places(*paths), names[0]);
  if (!found) return complain(found.error());
  return *found ? 0 : 1;
}

constexpr std::array kCommands = {
    Command{"network create", "[FLAGS] NETWORK", "Make a network", create_command},
    Command{"network ls", "[FLAGS]", "List networks", ls_command},
    Command{"network inspect",
            "[-f FORMAT] NETWORK...",
            "Show all of a network, and who is in it",
            network_inspect_command},
    Command{"network rm", "[-f] NETWORK...", "Remove networks", network_rm_command},
    Command{"network prune",
            "[FLAGS]",
            "Remove networks that no container is in",
            network_prune_command},
    Command{
        "network exists", "NETWORK", "End with 0 if it is there, else 1", network_exists_command},
    Command{"network connect",
            "[FLAGS] NETWORK CONTAINER",
            "Connect a container to one more network",
            connect_command},
    Command{"network disconnect",
            "[-f] NETWORK CONTAINER",
            "Take a container out of a network",
            disconnect_command},
    Command{"network reload",
            "[-a] [--watch] [CONTAINER...]",
            "Make bridges and firewall what running containers need, after others changed them",
            reload_command},
    Command{"network update",
            "[FLAGS] NETWORK",
            "Change a network's name servers",
            network_update_command},
};

}  // namespace

const Group kNetworkGroup{
    .name = "network", .about = "Networks that containers are in", .commands = kCommands};

int network_command(Arguments arguments) { return run_group(kNetworkGroup, arguments); }

}  // namespace isle::cli
