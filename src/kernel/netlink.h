#pragma once
// Why: network devices, addresses and routes are set and asked for by messages on a netlink socket
// (netlink(7), rtnetlink(7)): a header, a struct, then attributes of type, length and value, each
// padded to four bytes. This is the frame; what the messages mean is in netlink_device.h.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kernel/fd.h"

namespace isle::kernel {

class NetlinkMessage {
 public:
  // `type` such as RTM_SETLINK; NLM_F_REQUEST and NLM_F_ACK are added to `flags`.
  NetlinkMessage(std::uint16_t type, std::uint16_t flags);

  // The struct that the type begins with: ifinfomsg, ifaddrmsg ...
  template <typename T>
  void body(const T& value) {
    append(&value, sizeof value);
  }
  void put(std::uint16_t attribute, std::string_view bytes);
  void put_number(std::uint16_t attribute, std::uint32_t value);
  void put_text(std::uint16_t attribute, const std::string& text);  // NUL-terminated
  template <typename T>
  void put_value(std::uint16_t attribute, const T& value) {
    put(attribute, std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
  }
  // Attributes that `fill` puts become the value of this one.
  template <typename Fill>
  void nest(std::uint16_t attribute, Fill fill) {
    const std::size_t start = begin_nest(attribute);
    fill();
    end_nest(start);
  }
  // The kernel answers only if it fails.
  void without_answer();
  bool wants_answer() const;

  // With its length and this sequence number in the header.
  std::string_view finish(std::uint32_t sequence);

 private:
  std::string bytes_;
  void append(const void* data, std::size_t size);
  std::size_t begin_nest(std::uint16_t attribute);
  void end_nest(std::size_t start);
};

struct NetlinkRequest {
  NetlinkMessage message;
  std::string what;  // names it in errors
};

// A reply without its header.
struct NetlinkReply {
  std::uint16_t type = 0;
  std::string bytes;

  template <typename T>
  T body() const {
    T value{};
    if (bytes.size() >= sizeof value) bytes.copy(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }
  // The value of an attribute behind a body of `body_size` bytes; absent is no error.
  std::optional<std::string_view> attribute(std::size_t body_size, std::uint16_t type) const;
};
// The same in a list of attributes, such as one that is nested in another.
std::optional<std::string_view> netlink_attribute(std::string_view list, std::uint16_t type);
// The values of all.
std::vector<std::string_view> netlink_attributes(std::string_view list);

// A socket of the network namespace the caller is in when it is made, and stays one of it.
class NetlinkSocket {
 public:
  // `protocol` such as NETLINK_ROUTE.
  static Result<NetlinkSocket> open(int protocol);
  // One of the network namespace `space`: this process, which has one thread, goes there for it.
  static Result<NetlinkSocket> open_in(int space, int protocol);

  // Sends and waits for the kernel's answer: all messages of a dump, or the acknowledgement.
  // `what` names the message in errors ("RTM_SETLINK(eth0)"), which carry the kernel's own words
  // (NETLINK_EXT_ACK) where it has some.
  Result<std::vector<NetlinkReply>> ask(NetlinkMessage message, std::string_view what);
  // All in one send, done in their order; the first that the kernel refuses is the error, while
  // those behind it are done all the same (but in a batch of nfnetlink, where it is all or none).
  Result<void> send_all(std::vector<NetlinkRequest> requests);

  int fd() const { return socket_.get(); }

 private:
  Result<void> take_answers(const std::vector<NetlinkRequest>& requests, std::uint32_t first);
  Result<std::optional<NetlinkReply>> take_reply(std::string_view& rest,
                                                 std::string_view what) const;
  explicit NetlinkSocket(UniqueFd socket) : socket_(std::move(socket)) {}
  UniqueFd socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace isle::kernel
