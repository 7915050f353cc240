#include "runtime/launch/net_device.h"

#include <linux/netlink.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "base/strings.h"
#include "kernel/netlink_device.h"

namespace isle::runtime::launch {

namespace {

using kernel::NetAddress;
using kernel::NetDevice;
using kernel::NetlinkSocket;

// Devices that are bound to the namespace they were made in (NETIF_F_NETNS_LOCAL).
std::unexpected<Error> immovable(const NetDevice& device, Error error) {
  const std::string what = device.kind.empty() ? "this device" : "a device of kind " + device.kind;
  error.kind = ErrorKind::Unsupported;
  return std::unexpected(
      std::move(error).advise(what + " cannot leave the network namespace it was made in"));
}

using Addresses = std::vector<NetAddress>;

Result<void> add_addresses(NetlinkSocket& socket, int index, const Addresses& addresses) {
  for (const NetAddress& address : addresses) {
    TRY(kernel::add_address(socket, index, address));
  }
  return {};
}

const NetDevice* named(const std::vector<NetDevice>& devices, std::string_view name) {
  const auto found = std::ranges::find(devices, name, &NetDevice::name);
  return found == devices.end() ? nullptr : &*found;
}

Result<NetDevice> must_find(NetlinkSocket& socket,
                            const std::string& name,
                            std::string_view where) {
  std::optional<NetDevice> found = TRY(kernel::find_device(socket, name));
  if (found) return *std::move(found);
  return fail(ErrorKind::NotFound, format("{} has no network device {}", where, quoted(name)));
}

// The two sides: a descriptor of the host's namespace, and a socket in each.
struct Sides {
  kernel::UniqueFd host_space;
  NetlinkSocket host;
  NetlinkSocket inside;
};

// This process is in `space` then.
Result<Sides> open_sides(int space) {
  kernel::UniqueFd host_space = TRY(kernel::open_file(HostPath("/proc/self/ns/net"), O_RDONLY));
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  if (setns(space, CLONE_NEWNET) != 0) return fail_call(errno, "setns(network)");
  NetlinkSocket inside = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  return Sides{
      .host_space = std::move(host_space), .host = std::move(host), .inside = std::move(inside)};
}

Result<void> move_back(Sides& sides, const MovedNetDevice& moved, const Addresses& addresses) {
  const NetDevice device = TRY(must_find(sides.inside, moved.inside, "the container"));
  TRY(kernel::move_device(sides.inside, device.index, sides.host_space.get(), moved.name));
  const NetDevice back = TRY(must_find(sides.host, moved.name, "the host"));
  TRY(add_addresses(sides.host, back.index, addresses));
  return moved.was_up ? kernel::bring_up(sides.host, back.index) : Result<void>();
}

// Its index may have changed, and its name have become one of a template's.
Result<NetDevice> find_arrived(NetlinkSocket& inside, const std::vector<NetDevice>& before) {
  for (const NetDevice& device : TRY(kernel::list_devices(inside))) {
    if (named(before, device.name) == nullptr) return device;
  }
  return fail(ErrorKind::NotFound, "the network device did not arrive in the container");
}

Result<void> settle(NetlinkSocket& inside, int index, const Addresses& addresses) {
  TRY(add_addresses(inside, index, addresses));
  return kernel::bring_up(inside, index);
}

}  // namespace

Result<MovedNetDevice> move_net_device(const op::MoveNetDevice& operation, int space) {
  Sides sides = TRY(open_sides(space));
  const NetDevice device = TRY(must_find(sides.host, operation.name, "the host"));
  const Addresses addresses = TRY(kernel::permanent_addresses(sides.host, device.index));
  const std::vector<NetDevice> before = TRY(kernel::list_devices(sides.inside));
  if (named(before, operation.target) != nullptr) {
    return fail(ErrorKind::Conflict,
                format("the container has a network device {} already", quoted(operation.target)),
                "choose another linux.netDevices name for it, or one that ends in %d");
  }
  const Result<void> sent = kernel::move_device(sides.host, device.index, space, operation.target);
  if (!sent && sent.error().errnum == EINVAL) return immovable(device, sent.error());
  // A refused name is found out after the move.
  const Result<NetDevice> arrived = find_arrived(sides.inside, before);
  if (!arrived) return std::unexpected(sent ? arrived.error() : sent.error());
  MovedNetDevice moved{.name = operation.name, .inside = arrived->name, .was_up = device.up};
  const Result<void> done = sent ? settle(sides.inside, arrived->index, addresses) : sent;
  if (done) return moved;
  static_cast<void>(move_back(sides, moved, addresses));
  return std::unexpected(done.error());
}

Result<void> return_net_device(const MovedNetDevice& moved, int space) {
  Sides sides = TRY(open_sides(space));
  const NetDevice device = TRY(must_find(sides.inside, moved.inside, "the container"));
  const Addresses addresses = TRY(kernel::permanent_addresses(sides.inside, device.index));
  return move_back(sides, moved, addresses);
}

}  // namespace isle::runtime::launch
