// What a container has of networks and mounts, as docker's NetworkSettings and Mounts tell it.
#include <algorithm>

#include "base/strings.h"
#include "cli/output/container_json.h"
#include "engine/networking.h"
#include "engine/volumes.h"
#include "kernel/mount_options.h"

namespace isle::cli {
namespace {

struct Address {
  std::string address;
  std::int64_t bits = 0;
};

// The first of a kind: "10.87.0.2/24".
Address first_address(const oci::Strings& addresses, bool v6) {
  for (const std::string& text : addresses) {
    if ((text.find(':') != std::string::npos) != v6) continue;
    const Cut parts = cut(text, '/');
    const auto bits = parse_int(parts.after, "prefix");
    return {.address = std::string(parts.before), .bits = bits ? *bits : 0};
  }
  return {};
}

std::string first_gateway(const oci::Strings& gateways, bool v6) {
  const auto found = std::ranges::find_if(gateways, [v6](const std::string& gateway) {
    return (gateway.find(':') != std::string::npos) == v6;
  });
  return found == gateways.end() ? std::string() : *found;
}

void add_addresses(const record::Attachment& attachment, json::Value& value) {
  const Address v4 = first_address(attachment.addresses, false);
  const Address v6 = first_address(attachment.addresses, true);
  value["Gateway"] = first_gateway(attachment.gateways, false);
  value["IPAddress"] = v4.address;
  value["IPPrefixLen"] = v4.bits;
  value["IPv6Gateway"] = first_gateway(attachment.gateways, true);
  value["GlobalIPv6Address"] = v6.address;
  value["GlobalIPv6PrefixLen"] = v6.bits;
  value["MacAddress"] = attachment.mac;
}

json::Value attachment_json(const engine::Paths& paths, const record::Attachment& attachment) {
  json::Value value;
  const auto network = network::find_network(engine::network_places(paths), attachment.network);
  value["NetworkID"] = network ? network->id : attachment.network;
  value["Aliases"] = attachment.names;
  value["Device"] = attachment.device;
  value["HostDevice"] = attachment.host_end;
  add_addresses(attachment, value);
  return value;
}

json::Value network_names_json(const engine::Paths& paths, const engine::ContainerDetail& detail) {
  json::Value networks(json::Object{});
  if (detail.wiring) {
    for (const record::Attachment& attachment : detail.wiring->attachments) {
      networks[attachment.network] = attachment_json(paths, attachment);
    }
    return networks;
  }
  // What it will be in, or the mode it has.
  for (const record::NetworkWish& wish : detail.listed.container.networking.networks) {
    networks[wish.network]["NetworkID"] = wish.network;
  }
  return networks;
}

bool is_read_only(const oci::Strings& options) {
  for (auto word = options.rbegin(); word != options.rend(); ++word) {
    if (*word == "ro" || *word == "rw") return *word == "ro";
  }
  return false;
}

std::string propagation_of(const oci::Strings& options) {
  const auto found = std::ranges::find_if(
      options, [](const std::string& word) { return kernel::parse_propagation(word).has_value(); });
  return found == options.end() ? std::string() : *found;
}

}  // namespace

json::Value bindings_json(const engine::ContainerDetail& detail) {
  json::Value value(json::Object{});
  const auto add = [&value](unsigned port,
                            const std::string& protocol,
                            const std::string& host_ip,
                            const std::string& host_port) {
    json::Value binding;
    binding["HostIp"] = host_ip;
    binding["HostPort"] = host_port;
    value[format("{}/{}", port, protocol)].push_back(std::move(binding));
  };
  if (detail.wiring) {
    for (const record::PublishedPort& port : detail.wiring->ports) {
      add(port.container_port, port.protocol, port.host_ip, std::to_string(port.host_port));
    }
    return value;
  }
  for (const record::PortWish& wish : detail.listed.container.networking.ports) {
    for (unsigned i = 0; i < wish.count; ++i) {
      const std::string host = wish.host_port == 0 ? "" : std::to_string(wish.host_port + i);
      add(wish.container_port + i, wish.protocol, wish.host_ip, host);
    }
  }
  return value;
}

json::Value network_settings_json(const engine::Paths& paths,
                                  const engine::ContainerDetail& detail) {
  json::Value value;
  const bool runs = detail.listed.running();
  value["SandboxKey"] = runs ? format("/proc/{}/ns/net", detail.listed.state->pid.value) : "";
  value["Ports"] = json::Value(json::Object{});
  if (detail.wiring) value["Ports"] = bindings_json(detail);
  if (runs) {
    for (const std::string& exposed : detail.listed.container.networking.exposed) {
      value["Ports"][exposed];
    }
  }
  static const record::Attachment kNone;
  const bool attached = detail.wiring && !detail.wiring->attachments.empty();
  add_addresses(attached ? detail.wiring->attachments.front() : kNone, value);
  value["Networks"] = network_names_json(paths, detail);
  return value;
}

json::Value mounts_json(const engine::Paths& paths, const engine::ContainerDetail& detail) {
  json::Value list(json::Array{});
  for (const record::MountRequest& mount : detail.listed.container.storage.mounts) {
    json::Value entry;
    entry["Type"] = mount.type;
    if (mount.type == "volume") {
      entry["Name"] = mount.source;
      entry["Source"] = engine::volumes_of(paths).data(mount.source).str();
      entry["Driver"] = "local";
    } else {
      entry["Source"] = mount.type == "tmpfs" ? std::string() : mount.source;
    }
    entry["Destination"] = mount.target;
    entry["Mode"] = join(mount.options, ",");
    entry["Options"] = mount.options;
    entry["RW"] = !is_read_only(mount.options);
    entry["Propagation"] = propagation_of(mount.options);
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace isle::cli
