#pragma once
// Why: the ruleset is everybody's, and what empties it (`nft flush ruleset`, a firewall's restart)
// takes our table along. The kernel tells of each change to whoever listens (NFNLGRP_NFTABLES).

#include <string_view>

#include "base/error.h"
#include "kernel/fd.h"

namespace isle::network {

class FirewallWatch {
 public:
  // Listens in the caller's network namespace, from now on.
  static Result<FirewallWatch> open();
  // Readable when there is something to take.
  int fd() const { return socket_.get(); }
  // Takes what has been told so far; true: another program than isle's removed our table or a part
  // of it that is no element of a set. Never waits. Also true if the kernel had more to tell than
  // the socket holds.
  Result<bool> take();

 private:
  explicit FirewallWatch(kernel::UniqueFd socket) : socket_(std::move(socket)) {}
  // Of a change, until the message comes that ends it and says who made it.
  bool pending_ = false;
  kernel::UniqueFd socket_;

  bool take_messages(std::string_view rest);
};

}  // namespace isle::network
