#include "record/wiring.h"

#include "oci/json_writer.h"
#include "oci/spec_fields.h"  // IWYU pragma: keep (templates find the fields)

namespace isle::record {

template <typename Io>
void fields(Io& io, typename Io::template Ref<Attachment> attachment) {
  io.required("network", attachment.network);
  io.required("driver", attachment.driver);
  io.optional("hostDevice", attachment.host_device);
  io.optional("mode", attachment.mode);
  io.optional("flag", attachment.flag);
  io.optional("hostEnd", attachment.host_end);
  io.required("device", attachment.device);
  io.optional("mac", attachment.mac);
  io.optional("addresses", attachment.addresses);
  io.optional("gateways", attachment.gateways);
  io.optional("routes", attachment.routes);
  io.optional("mtu", attachment.mtu);
  io.optional("bridgeAddresses", attachment.bridge_addresses);
  io.optional("internal", attachment.internal);
  io.optional("open", attachment.open);
  io.optional("obeysFilter", attachment.obeys_filter);
  io.always("masquerade", attachment.masquerade);
  io.optional("names", attachment.names);
  io.optional("servesNames", attachment.serves_names);
  io.optional("ingress", attachment.ingress);
  io.optional("egress", attachment.egress);
  io.optional("ingressBurst", attachment.ingress_burst);
  io.optional("egressBurst", attachment.egress_burst);
  io.optional("limiter", attachment.limiter);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<PublishedPort> port) {
  io.required("protocol", port.protocol);
  io.required("hostIp", port.host_ip);
  io.required("hostPort", port.host_port);
  io.required("containerIp", port.container_ip);
  io.required("containerPort", port.container_port);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Wiring> wiring) {
  io.required("container", wiring.container);
  io.optional("attachments", wiring.attachments);
  io.optional("ports", wiring.ports);
  io.optional("leases", wiring.leases);
  io.optional("nameServer", wiring.name_server);
  io.optional("upstream", wiring.upstream);
}

Result<Wiring> read_wiring(std::string_view text) {
  Result<Wiring> wiring = oci::read_document<Wiring>(TRY(json::parse(text)));
  if (!wiring) wiring.error().kind = ErrorKind::Corrupt;
  return wiring;
}

std::string write_wiring(const Wiring& wiring) { return json::write(oci::write_value(wiring)); }

}  // namespace isle::record
