#include "kernel/netlink.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "base/strings.h"

namespace isle::kernel {

namespace {

// The kernel's dumps come in parts of at most 32 KiB (net/netlink/af_netlink.c).
constexpr std::size_t kLargestPart = std::size_t{64} << 10;

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

template <typename T>
T read_as(std::string_view bytes) {
  T value{};
  if (bytes.size() < sizeof value) return value;
  std::ranges::copy(std::as_bytes(std::span(bytes.substr(0, sizeof value))),
                    std::as_writable_bytes(std::span(&value, 1)).begin());
  return value;
}

// With NETLINK_CAP_ACK the request is not repeated: the attributes follow the error at once.
std::unexpected<Error> refused(const NetlinkReply& reply, std::string_view what) {
  const int errnum = -reply.body<nlmsgerr>().error;
  auto error = fail_call(errnum, std::string(what));
  const auto words = reply.attribute(sizeof(nlmsgerr), NLMSGERR_ATTR_MSG);
  if (words) error.error().message = words->substr(0, words->find('\0'));
  return error;
}

}  // namespace

NetlinkMessage::NetlinkMessage(std::uint16_t type, std::uint16_t flags) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  append(&header, sizeof header);
}

void NetlinkMessage::append(const void* data, std::size_t size) {
  bytes_.append(static_cast<const char*>(data), size);
  bytes_.resize(padded(bytes_.size()));
}

void NetlinkMessage::put(std::uint16_t attribute, std::string_view bytes) {
  const nlattr header{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + bytes.size()),
                      .nla_type = attribute};
  append(&header, sizeof header);
  append(bytes.data(), bytes.size());
}

void NetlinkMessage::put_number(std::uint16_t attribute, std::uint32_t value) {
  put(attribute, std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
}

void NetlinkMessage::put_text(std::uint16_t attribute, const std::string& text) {
  put(attribute, std::string_view(text.c_str(), text.size() + 1));
}

std::size_t NetlinkMessage::begin_nest(std::uint16_t attribute) {
  const std::size_t start = bytes_.size();
  const nlattr header{.nla_len = 0,
                      .nla_type = static_cast<std::uint16_t>(attribute | NLA_F_NESTED)};
  append(&header, sizeof header);
  return start;
}

void NetlinkMessage::end_nest(std::size_t start) {
  const auto length = static_cast<std::uint16_t>(bytes_.size() - start);
  std::memcpy(bytes_.data() + start, &length, sizeof length);  // nla_len comes first
}

void NetlinkMessage::without_answer() {
  auto header = read_as<nlmsghdr>(bytes_);
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags & ~NLM_F_ACK);
  std::memcpy(bytes_.data(), &header, sizeof header);
}

bool NetlinkMessage::wants_answer() const {
  return (read_as<nlmsghdr>(bytes_).nlmsg_flags & NLM_F_ACK) != 0;
}

std::string_view NetlinkMessage::finish(std::uint32_t sequence) {
  auto header = read_as<nlmsghdr>(bytes_);
  header.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
  header.nlmsg_seq = sequence;
  std::memcpy(bytes_.data(), &header, sizeof header);
  return bytes_;
}

std::optional<std::string_view> netlink_attribute(std::string_view list, std::uint16_t type) {
  while (list.size() >= sizeof(nlattr)) {
    const auto header = read_as<nlattr>(list);
    if (header.nla_len < sizeof header || header.nla_len > list.size()) return std::nullopt;
    if ((header.nla_type & NLA_TYPE_MASK) == type) {
      return list.substr(sizeof header, header.nla_len - sizeof header);
    }
    list.remove_prefix(std::min(list.size(), padded(header.nla_len)));
  }
  return std::nullopt;
}

std::vector<std::string_view> netlink_attributes(std::string_view list) {
  std::vector<std::string_view> values;
  while (list.size() >= sizeof(nlattr)) {
    const auto header = read_as<nlattr>(list);
    if (header.nla_len < sizeof header || header.nla_len > list.size()) break;
    values.push_back(list.substr(sizeof header, header.nla_len - sizeof header));
    list.remove_prefix(std::min(list.size(), padded(header.nla_len)));
  }
  return values;
}

std::optional<std::string_view> NetlinkReply::attribute(std::size_t body_size,
                                                        std::uint16_t wanted) const {
  if (bytes.size() < padded(body_size)) return std::nullopt;
  return netlink_attribute(std::string_view(bytes).substr(padded(body_size)), wanted);
}

Result<NetlinkSocket> NetlinkSocket::open(int protocol) {
  UniqueFd socket = TRY(make_socket(AF_NETLINK, SOCK_RAW, protocol));
  const int on = 1;
  for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK}) {
    if (setsockopt(socket.get(), SOL_NETLINK, option, &on, sizeof on) != 0) {
      return fail_call(errno, "setsockopt(SOL_NETLINK)");
    }
  }
  return NetlinkSocket(std::move(socket));
}

Result<NetlinkSocket> NetlinkSocket::open_in(int space, int protocol) {
  const UniqueFd own = TRY(open_file(HostPath("/proc/self/ns/net"), O_RDONLY));
  if (setns(space, CLONE_NEWNET) != 0) return fail_call(errno, "setns(network)");
  Result<NetlinkSocket> socket = NetlinkSocket::open(protocol);
  // In a foreign namespace nothing that follows would be right.
  if (setns(own.get(), CLONE_NEWNET) != 0) std::abort();
  return socket;
}

// Takes one message off the front of what was received; nullopt: it answers an earlier question.
Result<std::optional<NetlinkReply>> NetlinkSocket::take_reply(std::string_view& rest,
                                                              std::string_view what) const {
  const auto header = read_as<nlmsghdr>(rest);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) {
    return fail(ErrorKind::Corrupt, format("{}: the kernel's answer ends early", what));
  }
  NetlinkReply reply{
      .type = header.nlmsg_type,
      .bytes = std::string(rest.substr(sizeof header, header.nlmsg_len - sizeof header))};
  rest.remove_prefix(std::min(rest.size(), padded(header.nlmsg_len)));
  if (header.nlmsg_seq != sequence_) return std::nullopt;
  return reply;
}

Result<std::vector<NetlinkReply>> NetlinkSocket::ask(NetlinkMessage message,
                                                     std::string_view what) {
  const std::string_view request = message.finish(++sequence_);
  if (send(socket_.get(), request.data(), request.size(), 0) < 0) {
    return fail_call(errno, format("send({})", what));
  }
  std::vector<NetlinkReply> replies;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kLargestPart);
  for (;;) {
    const ssize_t count = recv(socket_.get(), buffer.get(), kLargestPart, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_call(errno, format("recv({})", what));
    std::string_view rest(buffer.get(), static_cast<std::size_t>(count));
    while (rest.size() >= sizeof(nlmsghdr)) {
      std::optional<NetlinkReply> reply = TRY(take_reply(rest, what));
      if (!reply) continue;
      const bool ends = reply->type == NLMSG_ERROR || reply->type == NLMSG_DONE;
      if (ends && reply->body<nlmsgerr>().error != 0) return refused(*reply, what);
      if (ends) return replies;
      replies.push_back(*std::move(reply));
    }
  }
}

Result<void> NetlinkSocket::send_all(std::vector<NetlinkRequest> requests) {
  const std::uint32_t first = sequence_ + 1;
  std::string bytes;
  for (NetlinkRequest& request : requests) bytes += request.message.finish(++sequence_);
  if (send(socket_.get(), bytes.data(), bytes.size(), 0) < 0) {
    return fail_call(errno, format("send({} messages of netlink)", requests.size()));
  }
  return take_answers(requests, first);
}

namespace {

struct Answer {
  std::uint32_t sequence = 0;
  NetlinkReply reply;
};

// The first message of `rest`, which holds a header at least.
Result<Answer> take_answer(std::string_view& rest) {
  const auto header = read_as<nlmsghdr>(rest);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) {
    return fail(ErrorKind::Corrupt, "netlink: the kernel's answer ends early");
  }
  Answer answer{.sequence = header.nlmsg_seq,
                .reply = {.type = header.nlmsg_type,
                          .bytes = std::string(
                              rest.substr(sizeof header, header.nlmsg_len - sizeof header))}};
  rest.remove_prefix(std::min(rest.size(), padded(header.nlmsg_len)));
  return answer;
}

struct Answers {
  const std::vector<NetlinkRequest>& requests;
  std::uint32_t first = 0;  // sequence number of the first request
  std::ptrdiff_t count = 0;
  Result<void> result;
  bool over = false;  // the rest is not answered
};

void note_answer(std::uint32_t sequence, const NetlinkReply& reply, Answers& answers) {
  const std::uint32_t index = sequence - answers.first;
  if (index >= answers.requests.size() || reply.type != NLMSG_ERROR) return;
  const NetlinkRequest& request = answers.requests[index];
  const bool awaited = request.message.wants_answer();
  if (awaited) ++answers.count;
  if (reply.body<nlmsgerr>().error == 0) return;
  if (answers.result) answers.result = refused(reply, request.what);
  // The frame of a batch is answered only where nothing of the batch is.
  if (!awaited) answers.over = true;
}

}  // namespace

Result<void> NetlinkSocket::take_answers(const std::vector<NetlinkRequest>& requests,
                                         std::uint32_t first) {
  const auto wanted = std::ranges::count_if(
      requests, [](const NetlinkRequest& request) { return request.message.wants_answer(); });
  Answers answers{.requests = requests, .first = first, .result = {}};
  const auto buffer = std::make_unique_for_overwrite<char[]>(kLargestPart);
  while (answers.count < wanted && !answers.over) {
    const ssize_t count = recv(socket_.get(), buffer.get(), kLargestPart, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_call(errno, "recv(netlink)");
    std::string_view rest(buffer.get(), static_cast<std::size_t>(count));
    while (rest.size() >= sizeof(nlmsghdr) && !answers.over) {
      const auto [sequence, reply] = TRY(take_answer(rest));
      note_answer(sequence, reply, answers);
    }
  }
  return answers.result;
}

}  // namespace isle::kernel
