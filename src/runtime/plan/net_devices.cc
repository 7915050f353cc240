// linux.netDevices: devices of the host that move into the container's network namespace. Nothing
// brings them back: when the namespace ends, the kernel returns hardware to the initial one and
// destroys what is virtual (network_namespaces(7)).

#include <set>

#include "base/strings.h"
#include "kernel/netlink_device.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

namespace {

constexpr std::string_view kNumbered = "%d";

// A device's name, or a template with "%d" at its end.
bool is_target_name(std::string_view name) {
  const bool numbered = name.ends_with(kNumbered);
  if (numbered) name.remove_suffix(kNumbered.size());
  const bool whole = name.find('%') == std::string_view::npos;
  return whole && kernel::is_device_name(name);
}

Result<void> check_target(const std::string& path,
                          const std::string& target,
                          std::set<std::string>& taken) {
  if (!is_target_name(target)) {
    return fail(ErrorKind::InvalidArgument,
                format("{}.name: {} is no name for a network device", path, quoted(target)),
                "1 to 15 bytes without blank, slash and colon; %d at the end takes a free number");
  }
  if (!target.ends_with(kNumbered) && !taken.insert(target).second) {
    return fail(ErrorKind::Conflict,
                format("{}: a second device is to be {} inside", path, quoted(target)));
  }
  return {};
}

const std::string& target_of(const std::string& name, const oci::NetDevice& device) {
  return device.name.empty() ? name : device.name;
}

}  // namespace

Result<void> check_net_devices(const Builder& builder) {
  if (builder.linux_.net_devices.empty()) return {};
  if (!builder.isolated(Kind::Network)) {
    return fail(ErrorKind::InvalidArgument,
                "linux.netDevices: the container shares the host's network namespace",
                "add {\"type\": \"network\"} to linux.namespaces");
  }
  if (!builder.facts.effective.contains(12)) {  // CAP_NET_ADMIN
    return fail(ErrorKind::Denied,
                "linux.netDevices: moving a device of the host needs CAP_NET_ADMIN there",
                "run as root");
  }
  std::set<std::string> taken;
  for (const auto& [name, device] : builder.linux_.net_devices) {
    const std::string path = "linux.netDevices." + name;
    if (!kernel::is_device_name(name)) {
      return fail(ErrorKind::InvalidArgument, format("{}: is no name of a network device", path));
    }
    if (name == "lo") {
      return fail(ErrorKind::InvalidArgument,
                  format("{}: lo cannot be moved, each network namespace has its own", path));
    }
    TRY(check_target(path, target_of(name, device), taken));
  }
  return {};
}

void add_net_devices(Builder& builder) {
  for (const auto& [name, device] : builder.linux_.net_devices) {
    op::MoveNetDevice move{.name = name, .target = target_of(name, device), .space = {}};
    if (builder.of(Kind::Network) == Origin::Joined) {
      move.space = {.kind = SlotKind::Namespace,
                    .index = builder.slot[static_cast<unsigned>(Kind::Network)]};
    }
    builder.add(Actor::Stage,
                std::move(move),
                format("move network device {} into the container", name),
                "the host has it no more: with the namespace hardware returns, the virtual ends");
  }
}

}  // namespace isle::runtime::plan
