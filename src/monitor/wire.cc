#include "monitor/wire.h"

#include <cerrno>

#include <sys/socket.h>

#include "base/strings.h"

namespace isle::monitor {

Result<Sent> send_frame(int socket, const FrameHead& head, std::string_view payload, Wait wait) {
  char bytes[kHeadBytes];
  encode_head(head, bytes);
  // sendmsg(2) does not write to what it is given.
  iovec parts[2] = {{.iov_base = bytes, .iov_len = sizeof bytes},
                    {.iov_base = const_cast<char*>(payload.data()), .iov_len = payload.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = payload.empty() ? 1 : 2;
  const int flags = MSG_NOSIGNAL | (wait == Wait::No ? MSG_DONTWAIT : 0);
  for (;;) {
    if (sendmsg(socket, &message, flags) >= 0) return Sent::Yes;
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return Sent::Full;
    if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN) return Sent::Gone;
    return fail_call(errno, format("sendmsg({} bytes)", kHeadBytes + payload.size()));
  }
}

Result<Sent> send_text(int socket, FrameHead head, std::string_view text) {
  do {
    const std::string_view part = text.substr(0, kMaxPayload);
    text.remove_prefix(part.size());
    head.more = !text.empty();
    const Sent sent = TRY(send_frame(socket, head, part, Wait::Yes));
    if (sent != Sent::Yes) return sent;
  } while (head.more);
  return Sent::Yes;
}

Result<Received> receive_frame(int socket, std::span<char> buffer, Wait wait) {
  ssize_t count = -1;
  do {
    count = recv(socket, buffer.data(), buffer.size(), wait == Wait::No ? MSG_DONTWAIT : 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) return Received{};
  if (count == 0 || (count < 0 && errno == ECONNRESET)) {
    return Received{.kind = Received::Kind::End, .frame = {}};
  }
  if (count < 0) return fail_call(errno, "recv()");
  const std::string_view packet(buffer.data(), static_cast<std::size_t>(count));
  return Received{.kind = Received::Kind::Frame, .frame = TRY(decode_frame(packet))};
}

}  // namespace isle::monitor
