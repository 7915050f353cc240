#pragma once
// NOTIFY_SOCKET, sd_notify(3): a service manager that wants to hear when the service is ready hands
// its socket's address to islet. The container gets a directory with a socket of ours in that
// place, as with crun, never the manager's own: of all that is said there only "READY=1" goes on,
// with the main process that we name. A container cannot tell the manager about other processes, or
// leave descriptors with it.

#include <optional>
#include <string>

#include "kernel/fd.h"
#include "runtime/state/create.h"

namespace isle::runtime {

// The service manager's address: a path, or "@name" in the abstract space; "": there is none.
std::string notify_address();
// Of this process, which was given such an address. With `wait` the manager has read it when this
// returns: who has ended by then is nobody it knows.
Result<void> tell_manager(const std::string& message, bool wait);

// The mount and the variable, if the caller was given an address; the socket's directory is the
// container's own in its state.
Result<void> offer_notify_socket(CreateRequest& request);
// The same with a directory that the caller makes.
Result<void> offer_notify_socket(oci::Spec& spec, const HostPath& directory);

class Notifier {
 public:
  // Before the command runs. None if the caller was given no address, or the container made
  // without one.
  static Result<std::optional<Notifier>> open(const HostPath& root, std::string_view id);
  static Result<Notifier> open_in(const HostPath& directory);

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
  kernel::UniqueFd socket_, manager_;
  bool told_ = false;
};

}  // namespace isle::runtime
