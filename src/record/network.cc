#include "record/network.h"

#include "oci/json_writer.h"
#include "oci/spec_fields.h"  // IWYU pragma: keep (templates find the fields)

namespace isle::record {

template <typename Io>
void fields(Io& io, typename Io::template Ref<Subnet> subnet) {
  io.required("subnet", subnet.subnet);
  io.optional("gateway", subnet.gateway);
  io.optional("first", subnet.first);
  io.optional("last", subnet.last);
}

template <typename Io>
void fields(Io& io, typename Io::template Ref<Network> network) {
  io.required("name", network.name);
  io.required("id", network.id);
  io.required("created", network.created);
  io.required("driver", network.driver);
  io.optional("device", network.device);
  io.optional("mode", network.mode);
  io.optional("flag", network.flag);
  io.optional("subnets", network.subnets);
  io.optional("routes", network.routes);
  io.optional("dnsServers", network.dns_servers);
  io.optional("mtu", network.mtu);
  io.optional("internal", network.internal);
  io.optional("open", network.open);
  io.optional("obeysFilter", network.obeys_filter);
  io.optional("noNames", network.no_names);
  io.optional("noMasquerade", network.no_masquerade);
  io.optional("noDefaultRoute", network.no_default_route);
  io.optional("options", network.options);
  io.optional("labels", network.labels);
}

Result<Network> read_network(std::string_view text) {
  Result<Network> network = oci::read_document<Network>(TRY(json::parse(text)));
  if (!network) network.error().kind = ErrorKind::Corrupt;
  return network;
}

json::Value network_json(const Network& network) { return oci::write_value(network); }

}  // namespace isle::record
