#include "image/fetch_wire.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::image {
namespace {

constexpr std::size_t kMaxPacket = 64 << 10;
constexpr std::size_t kMaxText = std::size_t{16} << 20;

// One descriptor's worth of control data.
union Control {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

void add_descriptor(msghdr& message, Control& control, int fd) {
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
}

kernel::UniqueFd taken_descriptor(msghdr& message) {
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return {};
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return kernel::UniqueFd(fd);
}

ErrorKind kind_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorKind::Internal); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (to_string(kind) == name) return kind;
  }
  return ErrorKind::Internal;
}

}  // namespace

Result<void> send_packet(int socket, const json::Value& head, int fd) {
  std::string text = json::write(head);
  if (text.size() > kMaxPacket) {
    return fail(ErrorKind::Internal, format("a packet of {} bytes is too long", text.size()));
  }
  iovec part{.iov_base = text.data(), .iov_len = text.size()};
  Control control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (fd >= 0) add_descriptor(message, control, fd);
  while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    if (errno == EINTR) continue;
    if (errno == EPIPE || errno == ECONNRESET) {
      return fail(ErrorKind::Unavailable, "the other end of the socket is gone");
    }
    return fail_call(errno, format("sendmsg({} bytes)", text.size()));
  }
  return {};
}

Result<std::optional<Packet>> receive_packet(int socket) {
  std::string text(kMaxPacket, '\0');
  iovec part{.iov_base = text.data(), .iov_len = text.size()};
  Control control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t count = -1;
  do {
    count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count == 0 || (count < 0 && errno == ECONNRESET)) return std::nullopt;
  if (count < 0) return fail_call(errno, "recvmsg()");
  Packet packet;
  packet.fd = taken_descriptor(message);
  if ((message.msg_flags & MSG_TRUNC) != 0) {
    return fail(ErrorKind::Corrupt, "a packet is longer than the protocol allows");
  }
  text.resize(static_cast<std::size_t>(count));
  packet.head = TRY(json::parse(text));
  return packet;
}

Result<kernel::UniqueFd> text_file(std::string_view text) {
  kernel::UniqueFd file = TRY(kernel::make_memfd("isle-text"));
  TRY(kernel::write_all(file.get(), text));
  return file;
}

Result<std::string> file_text(int fd) {
  if (lseek(fd, 0, SEEK_SET) < 0) return fail_call(errno, "lseek(text)");
  return kernel::read_all(fd, kMaxText);
}

void write_failure(json::Value& head, const Error& error) {
  head["ok"] = false;
  head["kind"] = to_string(error.kind);
  head["error"] = error.describe();
  head["hint"] = error.hint;
}

Error read_failure(const json::Value& head) {
  return {.kind = kind_named(text_member(head, "kind")),
          .message = text_member(head, "error"),
          .call = {},
          .errnum = 0,
          .steps = {},
          .hint = text_member(head, "hint")};
}

bool is_good(const json::Value& head) {
  const json::Value* good = head.find("ok");
  return good != nullptr && good->boolean() != nullptr && *good->boolean();
}

std::string text_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? "" : *text;
}

std::int64_t number_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::int64_t* number = member == nullptr ? nullptr : member->integer();
  return number == nullptr ? 0 : *number;
}

std::vector<std::string> texts_member(const json::Value& value, std::string_view name) {
  std::vector<std::string> texts;
  const json::Value* list = value.find(name);
  if (list == nullptr || list->array() == nullptr) return texts;
  for (const json::Value& item : *list->array()) {
    if (item.string() != nullptr) texts.push_back(*item.string());
  }
  return texts;
}

}  // namespace isle::image
