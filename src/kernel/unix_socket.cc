#include "kernel/unix_socket.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/strings.h"

namespace isle::kernel {

namespace {

constexpr int kBacklog = 16;

// bind(2) and connect(2) take no directory descriptor; its name in our own /proc stands for it.
Result<sockaddr_un> address_in(int directory, const std::string& name) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string path = format("/proc/self/fd/{}/{}", directory, name);
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorKind::InvalidArgument, format("the socket name {} is too long", quoted(name)));
  }
  path.copy(address.sun_path, path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Result<UniqueFd> bind_at(const HostPath& directory,
                         const std::string& name,
                         int type,
                         mode_t mode) {
  const UniqueFd place = TRY(open_file(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  const sockaddr_un address = TRY(address_in(place.get(), name));
  UniqueFd socket = TRY(make_socket(AF_UNIX, type));
  // The mode of a socket that is not bound yet is the mode of the file bind(2) makes.
  if (fchmod(socket.get(), mode) != 0) {
    return fail_call(errno, format("fchmod(socket, {:o})", mode));
  }
  if (bind(socket.get(), generic(address), sizeof address) != 0) {
    return fail_call(errno, format("bind({}/{})", directory.str(), name));
  }
  if (chmod(address.sun_path, mode) != 0) {  // bind(2) took the umask off
    return fail_call(errno, format("chmod({}/{})", directory.str(), name));
  }
  return socket;
}

Result<UniqueFd> listen_at(const HostPath& directory, const std::string& name, int type) {
  UniqueFd socket = TRY(bind_at(directory, name, type, S_IRUSR | S_IWUSR));
  if (listen(socket.get(), kBacklog) != 0) {
    return fail_call(errno, format("listen({}/{})", directory.str(), name));
  }
  return socket;
}

Result<UniqueFd> connect_at(const HostPath& directory, const std::string& name, int type) {
  const UniqueFd place = TRY(open_file(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  const sockaddr_un address = TRY(address_in(place.get(), name));
  UniqueFd socket = TRY(make_socket(AF_UNIX, type));
  if (connect(socket.get(), generic(address), sizeof address) != 0) {
    return fail_call(errno, format("connect({}/{})", directory.str(), name));
  }
  return socket;
}

Result<void> send_with_fd(int socket, std::string_view data, int fd) {
  iovec part{};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  while (!data.empty()) {
    part = {.iov_base = const_cast<char*>(data.data()), .iov_len = data.size()};
    const ssize_t count = sendmsg(socket, &message, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_call(errno, "sendmsg(SCM_RIGHTS)");
    data.remove_prefix(static_cast<std::size_t>(count));
    message.msg_control = nullptr;
    message.msg_controllen = 0;
  }
  return {};
}

}  // namespace isle::kernel
