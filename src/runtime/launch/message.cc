#include "runtime/launch/message.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace isle::runtime::launch {

Result<std::optional<Message>> receive_message(int socket) {
  Message message{};
  iovec part{.iov_base = &message.report, .iov_len = sizeof message.report};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr frame{};
  frame.msg_iov = &part;
  frame.msg_iovlen = 1;
  frame.msg_control = control;
  frame.msg_controllen = sizeof control;
  ssize_t count = 0;
  do {
    count = recvmsg(socket, &frame, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno != ECONNRESET) return fail_call(errno, "recvmsg()");
  if (count != sizeof message.report) return std::optional<Message>();
  const cmsghdr* header = CMSG_FIRSTHDR(&frame);
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    message.fd.reset(fd);
  }
  return std::optional(std::move(message));
}

}  // namespace isle::runtime::launch
