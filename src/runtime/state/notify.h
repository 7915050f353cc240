#pragma once
// NOTIFY_SOCKET, sd_notify(3): a service manager that wants to hear when the service is ready hands
// its socket's address to islet. The container gets a directory with a socket of ours in that
// place, as with crun, never the manager's own: of all that is said there only "READY=1" goes on,
// with the main process that we name. A container cannot tell the manager about other processes, or
// leave descriptors with it.

#include <optional>

#include "kernel/fd.h"
#include "runtime/state/create.h"

namespace isle::islet {

// The mount and the variable, if the caller was given an address.
Result<void> offer_notify_socket(runtime::CreateRequest& request);

class Notifier {
 public:
  // Before the command runs. None if the caller was given no address, or the container made
  // without one.
  static Result<std::optional<Notifier>> open(const HostPath& root, std::string_view id);

  int fd() const { return socket_.get(); }
  // Reads what is there, without waiting; true once the manager has been told that `main`, a
  // process it may look after, is ready. That nobody listens is an error once, and no reason to end
  // anything.
  Result<bool> take(Pid main);
  // Until that, or the end of the process `pidfd`. Stays until the manager has read it: who has
  // ended by then is nobody it knows.
  Result<void> wait(int pidfd, Pid main);

 private:
  explicit Notifier(kernel::UniqueFd socket) : socket_(std::move(socket)) {}
  Result<void> let_it_read() const;

  kernel::UniqueFd socket_, manager_;
  bool told_ = false;
};

}  // namespace isle::islet
