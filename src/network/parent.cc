#include "network/parent.h"

#include <linux/netlink.h>

#include <cerrno>

#include "base/strings.h"
#include "kernel/netlink_link.h"

namespace isle::network {

namespace {

constexpr const char* kAlias = "made by isle";
constexpr std::uint64_t kLastVlan = 4094;  // 12 bits, of which all 0 and all 1 are no VLAN

std::unexpected<Error> no_device(const std::string& device) {
  return fail(ErrorKind::NotFound,
              format("the host has no network device {}", quoted(device)),
              "ip link lists them; DEVICE.ID is made where DEVICE is there");
}

Result<int> make_vlan(kernel::NetlinkSocket& host, const std::string& device) {
  const std::optional<VlanName> vlan = vlan_name(device);
  if (!vlan) return no_device(device);
  const std::optional<int> parent = TRY(kernel::link_index(host, vlan->parent));
  if (!parent) return no_device(vlan->parent);
  Result<void> made = host.send_all({kernel::new_vlan(device, *parent, vlan->id)});
  if (!made && made.error().errnum == EOPNOTSUPP) {
    made.error().kind = ErrorKind::Unsupported;
    return std::unexpected(std::move(made).error().advise(
        format("this kernel has no devices of kind vlan, so {} cannot be made", quoted(device))));
  }
  // Another container's start may have been faster.
  if (!made && made.error().errnum != EEXIST) return std::unexpected(std::move(made).error());
  if (made) TRY(host.send_all({kernel::set_alias(device, kAlias), kernel::set_up(device)}));
  const std::optional<int> index = TRY(kernel::link_index(host, device));
  if (!index) return no_device(device);
  return *index;
}

}  // namespace

std::optional<VlanName> vlan_name(const std::string& device) {
  const std::size_t dot = device.rfind('.');
  if (dot == std::string::npos || dot == 0) return std::nullopt;
  const auto id = parse_uint(device.substr(dot + 1), "VLAN");
  if (!id || *id == 0 || *id > kLastVlan) return std::nullopt;
  return VlanName{.parent = device.substr(0, dot), .id = static_cast<std::uint16_t>(*id)};
}

Result<int> provide_parent(kernel::NetlinkSocket& host, const std::string& device) {
  const std::optional<int> index = TRY(kernel::link_index(host, device));
  if (index) return *index;
  return make_vlan(host, device);
}

Result<void> remove_parent(const std::string& device) {
  if (!vlan_name(device)) return {};
  kernel::NetlinkSocket host = TRY(kernel::NetlinkSocket::open(NETLINK_ROUTE));
  if (TRY(kernel::alias_of(host, device)) != kAlias) return {};
  Result<void> deleted = host.send_all({kernel::delete_link(device)});
  if (!deleted && deleted.error().errnum == ENODEV) return {};
  return deleted;
}

}  // namespace isle::network
