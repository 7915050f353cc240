// Namespaces through open files: nsfs itself, sockets (which belong to the network namespace they
// were made in, wherever their process went since) and tun devices.
#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/directory.h"
#include "toolbox/discovery.h"

namespace isle::toolbox {

using kernel::NamespaceKind;
using kernel::UniqueFd;

void Discovery::scan_descriptor(
    pid_t pid, int number, std::string_view link, UniqueFd& pidfd, const Links& links) {
  const auto name = kernel::parse_namespace_name(link);
  const bool socket = link.starts_with("socket:[");
  const bool tun = link.ends_with("/net/tun");
  if (!name && !socket && !tun) return;
  Holder holder{.hold = Hold::Descriptor, .pid = pid, .tid = pid, .fd = number};
  if (name) {
    const Index index = entry(*name);
    hold(index, holder);
    if (!inventory_.namespaces[index].unopened) return;
  }
  if (!pidfd) pidfd = kernel::open_pidfd({pid}).value_or(UniqueFd());
  if (!pidfd) return;
  auto fd = kernel::take_fd(pidfd.get(), number);
  if (!fd) return;
  if (name) {
    // One opened with O_PATH answers no ioctl; it holds its namespace all the same.
    if (kernel::is_namespace_file(fd->get())) learn(std::move(*fd));
    return;
  }
  UniqueFd network =
      socket ? kernel::network_of_socket(fd->get()) : kernel::network_of_tun(fd->get());
  if (!network) return;
  const Index index = learn(std::move(network));
  if (index == links.in[static_cast<std::size_t>(NamespaceKind::Net)] && socket) return;
  holder.hold = socket ? Hold::Socket : Hold::Tun;
  hold(index, holder);
}

void Discovery::scan_descriptors(pid_t pid, const Links& links) {
  if (pid == getpid()) return;  // ours are this walk's
  const auto directory = kernel::open_at(proc_.get(), format("{}/fd", pid), O_RDONLY | O_DIRECTORY);
  if (!directory) return;
  const auto numbers = kernel::numbers_in(directory->get());
  if (!numbers) return;
  UniqueFd pidfd;
  for (const int number : *numbers) {
    char name[16], text[128];
    *fmt::format_to_n(name, sizeof name - 1, "{}", number).out = '\0';
    const ssize_t length = readlinkat(directory->get(), name, text, sizeof text);
    if (length <= 0) continue;
    scan_descriptor(
        pid, number, std::string_view(text, static_cast<std::size_t>(length)), pidfd, links);
  }
}

}  // namespace isle::toolbox
