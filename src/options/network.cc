// --network: whose network the container sees, network_namespaces(7). Bridges do not exist yet.
#include "base/strings.h"
#include "options/namespace_mode.h"
#include "options/rows.h"

namespace isle::options {
namespace {

using Kind = NamespaceMode::Kind;

Result<void> parse(RunRequest& request, std::string_view value) {
  const NamespaceMode mode = read_mode(value);
  if (mode.kind == Kind::Other || mode.kind == Kind::Private) {
    if (value != "none") {
      return fail(ErrorKind::Unsupported,
                  format("--network {}: isle has no such network", quoted(value)),
                  "none, host, container:NAME and ns:PATH are what there is; bridges are to come");
    }
  }
  request.container.namespaces.network = TRY(check_mode("network", value, {"none"}));
  return {};
}

// sysfs shows the devices of a network namespace, and only its owner may mount it.
void bind_sys(SpecBuilder& builder) {
  oci::Mount* sys = builder.find_mount("/sys");
  if (sys == nullptr) return;
  sys->type = "bind";
  sys->source = "/sys";
  sys->options = {"rbind", "nosuid", "noexec", "nodev", "ro", "rro"};
  std::erase_if(builder.spec.mounts,
                [](const oci::Mount& mount) { return mount.type == "cgroup"; });
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const NamespaceMode mode = read_mode(container.namespaces.network);
  TRY(add_namespace_mode(builder, "network", mode));
  const bool own = mode.kind == Kind::Private || mode.kind == Kind::Other;
  if (!own && builder.maps_ids()) bind_sys(builder);
  if (!own) return {};
  // ping(8) without CAP_NET_RAW for root's group, and no privileged ports: nobody else is there.
  // The kernel takes mapped groups only.
  const std::uint32_t group =
      builder.is_mapped(true, 0) ? 0 : builder.linux_().gid_mappings.at(0).container_id;
  builder.linux_().sysctl["net.ipv4.ping_group_range"] = format("{} {}", group, group);
  builder.linux_().sysctl["net.ipv4.ip_unprivileged_port_start"] = "0";
  return {};
}

}  // namespace

const Option kNetwork{
    .flag = {"network",
             0,
             Arity::Value,
             "MODE",
             "Network: none (default until bridges exist: only the loopback), host, "
             "container:NAME, ns:PATH",
             Section::Network},
    .parse = parse,
    .apply = apply,
};

const Option kNet{
    .flag = {"net", 0, Arity::Value, "MODE", nullptr, Section::Network},
    .parse = parse,
    .apply = nullptr,
};

}  // namespace isle::options
