#include "network/unwire.h"

#include <linux/netlink.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "kernel/fd.h"
#include "kernel/netlink.h"
#include "kernel/netlink_link.h"
#include "network/dns_client.h"
#include "network/firewall.h"
#include "network/leases.h"

namespace isle::network {

namespace {

using kernel::NetlinkSocket;

Result<void> delete_device(NetlinkSocket& socket, const std::string& name) {
  const Result<void> deleted = socket.send_all({kernel::delete_link(name)});
  if (!deleted && deleted.error().errnum == ENODEV) return {};
  return deleted;
}

// A device of kind ifb is the host's: it does not end with the container's.
Result<void> delete_limiter(const record::Attachment& attachment) {
  if (attachment.limiter.empty()) return {};
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  return delete_device(host, attachment.limiter);
}

// A pair goes with its host's end, whatever has become of the namespace.
Result<void> delete_own(const record::Attachment& attachment, int space) {
  if (attachment.host_end.empty()) {
    return space < 0 ? Result<void>() : disconnect(attachment, space);
  }
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  return delete_device(host, attachment.host_end);
}

bool is_slow(const Unwiring& wanted) {
  bool slow = !wanted.bridges.empty() || !wanted.devices.empty() || !wanted.part.ports.empty();
  for (const record::Attachment& attachment : wanted.part.attachments) {
    slow = slow || !attachment.limiter.empty();
  }
  return slow;
}

Result<void> delete_devices(const Unwiring& wanted) {
  Result<void> result;
  const auto note = [&](Result<void> done) {
    if (!done) result = std::move(done);
  };
  for (const record::Attachment& device : wanted.devices) note(delete_own(device, wanted.space));
  for (const record::Attachment& attachment : wanted.part.attachments) {
    note(delete_limiter(attachment));
  }
  for (const record::Attachment& bridge : wanted.bridges) {
    Result<NetlinkSocket> host = NetlinkSocket::open(NETLINK_ROUTE);
    note(host ? delete_device(*host, bridge.host_device)
              : Result<void>(std::unexpected(host.error())));
  }
  return result;
}

// The child: it holds the firewall's socket when the parent closes it, so that closing it for good
// is the child's, which waits for that: for the end of a pipe that outlives the parent's socket by
// a moment. Who reads what the command says must not wait for it.
[[noreturn]] void delete_behind(const Unwiring& wanted, const kernel::FdPair& pipe) {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, pipe.second.get()}) close(fd);
  char byte = 0;
  static_cast<void>(!read(pipe.first.get(), &byte, 1));
  static_cast<void>(delete_devices(wanted));
  _exit(0);
}

}  // namespace

Result<void> unwire(const Unwiring& wanted) {
  forget_names(wanted.part);
  const auto give_back = [&] {
    for (const std::string& lease : wanted.part.leases) {
      drop_lease(HostPath(lease), wanted.part.container);
    }
  };
  if (!is_slow(wanted)) {
    give_back();
    return {};
  }
  const kernel::FdPair pipe = TRY(kernel::make_pipe());
  NetlinkSocket firewall = TRY(NetlinkSocket::open(NETLINK_NETFILTER));
  Result<void> closed = close_firewall(firewall, wanted.part, wanted.bridges);
  Result<void> deleted;
  if (wanted.at_once) deleted = delete_devices(wanted);
  give_back();
  const pid_t child = fork();
  if (child == 0) delete_behind(wanted, pipe);
  if (child < 0) deleted = delete_devices(wanted);
  return closed ? deleted : closed;
}

void release(const record::Wiring& wiring) {
  static_cast<void>(unwire({.part = wiring, .bridges = {}, .devices = {}}));
}

Result<void> disconnect(const record::Attachment& attachment, int space) {
  NetlinkSocket inside = TRY(NetlinkSocket::open_in(space, NETLINK_ROUTE));
  Result<void> deleted = delete_device(inside, attachment.device);
  static_cast<void>(delete_limiter(attachment));
  return deleted;
}

Result<void> remove_bridge(const record::Attachment& attachment) {
  NetlinkSocket host = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  TRY(delete_device(host, attachment.host_device));
  NetlinkSocket firewall = TRY(NetlinkSocket::open(NETLINK_NETFILTER));
  return close_firewall(firewall, {}, {&attachment, 1});
}

}  // namespace isle::network
