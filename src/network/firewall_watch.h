#pragma once
// Why: the ruleset is everybody's, and what empties it (`nft flush ruleset`, a firewall's restart)
// takes our table along. The kernel tells of each change to whoever listens (NFNLGRP_NFTABLES).

#include <string_view>

#include "base/error.h"
#include "kernel/fd.h"

namespace isle::network {

struct FirewallChange {
  bool ours = false;
  bool hosts = false;  // the filter of iptables-nft, where isle has a rule (host_filter.h)
};

class FirewallWatch {
 public:
  // Listens in the caller's network namespace, from now on.
  static Result<FirewallWatch> open();
  // Readable when there is something to take.
  int fd() const { return socket_.get(); }
  // Takes what has been told so far: whether another program than isle's removed our table or a
  // part of it that is no element of a set. Never waits. Also if the kernel had more to tell than
  // the socket holds.
  Result<FirewallChange> take();

 private:
  explicit FirewallWatch(kernel::UniqueFd socket) : socket_(std::move(socket)) {}
  // Of a change, until the message comes that ends it and says who made it.
  FirewallChange pending_;
  kernel::UniqueFd socket_;

  void take_messages(std::string_view rest, FirewallChange& found);
};

}  // namespace isle::network
