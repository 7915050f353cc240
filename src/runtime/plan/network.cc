// A container's networks as isle wires them (record/wiring.h): the parent's steps between the clone
// and the barrier, so that the command starts only when its network is ready.

#include "base/strings.h"
#include "network/parent.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

namespace {

std::string device_words(const record::Attachment& attachment) {
  std::string words = format("RTM_NEWLINK({} {})",
                             attachment.driver == "bridge" ? "veth" : attachment.driver,
                             attachment.device);
  for (const std::string& address : attachment.addresses) {
    words += format(", RTM_NEWADDR({})", address);
  }
  for (const std::string& gateway : attachment.gateways) {
    const bool direct = gateway == "0.0.0.0" || gateway == "::";
    words += direct ? std::string(", RTM_NEWROUTE(default)")
                    : format(", RTM_NEWROUTE(default via {})", gateway);
  }
  for (const record::NetworkRoute& route : attachment.routes) {
    words += format(", RTM_NEWROUTE({} via {})", route.destination, route.gateway);
  }
  if (attachment.ingress != 0) words += format(", tbf {} bit/s in", attachment.ingress);
  if (attachment.egress != 0) {
    words += format(", tbf {} bit/s out by {}", attachment.egress, attachment.limiter);
  }
  return words;
}

void add_attachment(Builder& builder, std::size_t index) {
  const record::Attachment& attachment = builder.request.wiring->attachments[index];
  const bool is_bridge = attachment.driver == "bridge";
  if (is_bridge) {
    builder.parent(
        op::ProvideHostDevice{
            .attachment = index, .kind = "bridge", .name = attachment.host_device},
        format("provide the bridge {}", attachment.host_device),
        format("network {} is a switch in the host's kernel", attachment.network));
  } else if (network::vlan_name(attachment.host_device)) {
    builder.parent(
        op::ProvideHostDevice{.attachment = index, .kind = "vlan", .name = attachment.host_device},
        format("provide the device {}", attachment.host_device),
        format("network {} is on a VLAN of the host's device (802.1Q)", attachment.network));
  }
  builder.parent(op::ConnectNetwork{.attachment = index, .words = device_words(attachment)},
                 format("connect {} to network {}", attachment.device, attachment.network),
                 is_bridge ? "one end of the pair is born inside, the other is the bridge's"
                           : format("a device of its own on {}", attachment.host_device));
}

}  // namespace

Result<void> check_wiring(const Builder& builder) {
  if (!builder.request.wiring || builder.request.wiring->attachments.empty()) return {};
  if (!builder.is_new(Kind::Network)) {
    return fail(ErrorKind::InvalidArgument,
                "the container has no network namespace of its own that could be connected");
  }
  if (builder.facts.effective.contains(12)) return {};  // CAP_NET_ADMIN
  return fail(ErrorKind::Denied,
              format("network {}: making network devices needs CAP_NET_ADMIN",
                     quoted(builder.request.wiring->attachments[0].network)),
              "run as root, or use --network none or host");
}

void add_wiring(Builder& builder) {
  if (!builder.request.wiring || builder.request.wiring->attachments.empty()) return;
  builder.result.wiring = builder.request.wiring;
  const record::Wiring& wiring = *builder.request.wiring;
  bool has_bridge = false;
  for (std::size_t i = 0; i < wiring.attachments.size(); ++i) {
    add_attachment(builder, i);
    has_bridge = has_bridge || wiring.attachments[i].driver == "bridge";
  }
  if (!wiring.name_server.empty()) {
    builder.parent(
        op::ServeNames{}, "serve names inside", "others of its networks are found by name");
  }
  if (!has_bridge) return;
  builder.parent(op::OpenFirewall{.ports = wiring.ports.size()},
                 wiring.ports.empty() ? "open the firewall to its networks" : "publish its ports",
                 "elements of the table inet isle, whose rules never change");
}

}  // namespace isle::runtime::plan
