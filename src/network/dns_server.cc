#include "network/dns_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <functional>
#include <map>

#include "base/strings.h"
#include "network/dns_message.h"
#include "network/dns_names.h"
#include "network/dns_transport.h"

namespace isle::network {

namespace {

using dns::frame;
using dns::host_servers;
using dns::next_message;
using dns::Peer;
using dns::peer_of;
using kernel::UniqueFd;

constexpr std::size_t kLargestMessage = 65535;
constexpr int kPatience = 4;           // seconds for each server asked, as docker's
constexpr std::size_t kUpstreams = 3;  // as resolv.conf(5) has it
constexpr std::size_t kMostUnderWay = 2048;

std::time_t now() {
  timespec time{};
  static_cast<void>(clock_gettime(CLOCK_MONOTONIC, &time));
  return time.tv_sec;
}

// A registered container: its connection's descriptor is its key.
struct Container {
  UniqueFd connection, udp, tcp;
  std::vector<IpAddress> upstream;
};

// A question that was passed on.
struct Errand {
  int asker = -1;   // the container's key
  Peer client;      // over UDP
  int stream = -1;  // else over this connection
  std::string query;
  std::vector<IpAddress> servers;  // still to be asked, last first
  UniqueFd socket;
  std::time_t deadline = 0;
  std::string heard;  // TCP: what has come so far
};

struct Stream {  // a container's TCP connection
  int asker = -1;
  UniqueFd socket;
  std::string heard;
  std::time_t deadline = 0;
};

class Server {
 public:
  explicit Server(UniqueFd listener) : listener_(std::move(listener)) {}

  int run() {
    epoll_ = UniqueFd(epoll_create1(EPOLL_CLOEXEC));
    watch(listener_.get(), [this] { take_container(); });
    for (;;) {
      std::array<epoll_event, 64> events{};
      const int count = epoll_wait(epoll_.get(), events.data(), events.size(), 1000);
      if (count < 0 && errno != EINTR) return 1;
      for (int i = 0; i < count; ++i) {
        const auto found = handlers_.find(events[static_cast<std::size_t>(i)].data.fd);
        if (found == handlers_.end()) continue;
        const std::function<void()> handler = found->second;  // it may remove itself
        handler();
      }
      expire();
      // A second without anybody: who comes now starts another.
      if (count == 0 && containers_.empty()) return 0;
    }
  }

 private:
  UniqueFd listener_, epoll_;
  std::map<int, std::function<void()>> handlers_;
  std::map<int, Container> containers_;
  std::map<int, Errand> errands_;  // by socket
  std::map<int, Stream> streams_;
  dns::Names names_;
  std::map<std::string, int> by_id_;  // registered containers' keys
  std::size_t turn_ = 0;

  void watch(int fd, std::function<void()> handler) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) handlers_[fd] = std::move(handler);
  }
  // Before the descriptor is closed, or its number would be another's.
  void forget(int fd) {
    if (handlers_.erase(fd) != 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  }

  // ---- containers ------------------------------------------------------------------------

  void take_container() {
    Result<UniqueFd> connection = kernel::accept_on(listener_.get(), SOCK_NONBLOCK);
    if (!connection) return;
    const int key = connection->get();
    containers_[key].connection = std::move(*connection);
    watch(key, [this, key] { hear(key); });
  }

  void drop_container(int key) {
    const auto found = containers_.find(key);
    if (found == containers_.end()) return;
    for (const int fd : {key, found->second.udp.get(), found->second.tcp.get()}) forget(fd);
    std::erase_if(streams_, [&](const auto& entry) {
      if (entry.second.asker == key) forget(entry.first);
      return entry.second.asker == key;
    });
    std::erase_if(errands_, [&](const auto& entry) {
      if (entry.second.asker == key) forget(entry.first);
      return entry.second.asker == key;
    });
    names_.remove(key);
    std::erase_if(by_id_, [&](const auto& entry) { return entry.second == key; });
    containers_.erase(found);
  }

  // Its wiring with the socket for UDP; then "tcp" with that. A wiring alone, over any connection,
  // changes a container's names; "keep ID" lets it stay when its connection ends, until "forget
  // ID".
  void hear(int key) {
    std::string text(kLargestMessage, '\0');
    UniqueFd given;
    const ssize_t count = dns::receive(key, text, given);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return drop_container(key);
    text.resize(static_cast<std::size_t>(count));
    Container& container = containers_[key];
    if (text == "tcp") {
      container.tcp = std::move(given);
      watch(container.tcp.get(), [this, key] { take_stream(key); });
      static_cast<void>(send(key, "+", 1, MSG_NOSIGNAL));
      return;
    }
    if (const Cut words = cut(text, ' '); words.before == "keep" || words.before == "forget") {
      return keep_or_forget(key, words.before == "keep", std::string(words.after));
    }
    const auto wiring = record::read_wiring(text);
    if (!wiring) return drop_container(key);
    const auto other = by_id_.find(wiring->container);
    if (!given && other != by_id_.end()) {
      note(other->second, *wiring);
      static_cast<void>(send(key, "+", 1, MSG_NOSIGNAL));
      return;
    }
    // One that starts again: what was kept of its last run goes.
    if (other != by_id_.end() && other->second != key) drop_container(other->second);
    note(key, *wiring);
    by_id_[wiring->container] = key;
    if (!given) return;
    container.udp = std::move(given);
    watch(container.udp.get(), [this, key] { take_datagram(key); });
  }

  // Its names, and whom to ask for other names.
  void note(int key, const record::Wiring& wiring) {
    names_.set(key, wiring);
    std::vector<IpAddress>& upstream = containers_[key].upstream;
    upstream.clear();
    for (const std::string& server : wiring.upstream) {
      const auto address = IpAddress::parse(server);
      if (address) upstream.push_back(*address);
    }
  }

  // The connection that was its key stays open here, so that the number is nobody else's.
  void keep_or_forget(int key, bool keep, const std::string& id) {
    const auto found = by_id_.find(id);
    if (found != by_id_.end() && keep) forget(found->second);
    if (found != by_id_.end() && !keep) drop_container(found->second);
    static_cast<void>(send(key, "+", 1, MSG_NOSIGNAL));
  }

  // ---- questions -------------------------------------------------------------------------

  void take_datagram(int key) {
    std::array<char, 4096> buffer{};
    Peer client;
    const ssize_t count = recvfrom(containers_[key].udp.get(),
                                   buffer.data(),
                                   buffer.size(),
                                   MSG_DONTWAIT,
                                   client.get(),
                                   &client.length);
    if (count <= 0) return;
    const std::string_view packet(buffer.data(), static_cast<std::size_t>(count));
    const auto question = dns::parse_question(packet);
    if (!question) return;
    if (const auto reply = own_answer(key, packet, *question, question->room)) {
      return reply_to(key, client, *reply);
    }
    Errand errand{.asker = key, .client = client, .query = std::string(packet)};
    pass_on(std::move(errand));
  }

  void reply_to(int key, Peer& client, std::string_view reply) {
    static_cast<void>(sendto(containers_[key].udp.get(),
                             reply.data(),
                             reply.size(),
                             MSG_DONTWAIT | MSG_NOSIGNAL,
                             client.get(),
                             client.length));
  }

  // nullopt: it is not ours to answer.
  std::optional<std::string> own_answer(int key,
                                        std::string_view packet,
                                        const dns::Question& question,
                                        std::size_t limit) {
    if (question.type == static_cast<std::uint16_t>(dns::Type::Ptr)) {
      const auto address = dns::address_in_name(question.name);
      const auto name = address ? names_.name_of(key, *address) : std::nullopt;
      if (name) return dns::answer_name(packet, question, *name);
      return std::nullopt;
    }
    auto addresses = names_.addresses(key, question.name);
    if (!addresses) return std::nullopt;
    // Each in turn comes first.
    if (!addresses->empty()) {
      std::rotate(addresses->begin(),
                  addresses->begin() + static_cast<std::ptrdiff_t>(turn_++ % addresses->size()),
                  addresses->end());
    }
    return dns::answer(packet, question, *addresses, limit);
  }

  void take_stream(int key) {
    auto socket = kernel::accept_on(containers_[key].tcp.get(), SOCK_NONBLOCK);
    if (!socket || streams_.size() >= kMostUnderWay) return;
    const int fd = socket->get();
    streams_[fd] = {
        .asker = key, .socket = std::move(*socket), .heard = {}, .deadline = now() + kPatience};
    watch(fd, [this, fd] { hear_stream(fd); });
  }

  void end_stream(int fd) {
    forget(fd);
    streams_.erase(fd);
  }

  void hear_stream(int fd) {
    Stream& stream = streams_[fd];
    const std::optional<std::string> packet = next_message(fd, stream.heard);
    if (!packet) return end_stream(fd);
    if (packet->empty()) return;  // more is to come
    const auto question = dns::parse_question(*packet);
    if (!question) return end_stream(fd);
    if (const auto reply = own_answer(stream.asker, *packet, *question, kLargestMessage)) {
      return reply_stream(fd, *reply);
    }
    pass_on({.asker = stream.asker, .stream = fd, .query = *packet});
  }

  void reply_stream(int fd, const std::string& reply) {
    const std::string framed = frame(reply);
    static_cast<void>(send(fd, framed.data(), framed.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  }

  // ---- other servers ---------------------------------------------------------------------

  void pass_on(Errand errand) {
    errand.servers = containers_[errand.asker].upstream;
    if (errand.servers.empty()) errand.servers = host_servers();
    if (errand.servers.size() > kUpstreams) errand.servers.resize(kUpstreams);
    std::ranges::reverse(errand.servers);
    ask_next(std::move(errand));
  }

  void ask_next(Errand errand) {
    while (!errand.servers.empty() && errands_.size() < kMostUnderWay) {
      Peer server = peer_of(errand.servers.back());
      errand.servers.pop_back();
      const bool stream = errand.stream >= 0;
      auto socket = kernel::make_socket(server.address.ss_family,
                                        stream ? SOCK_STREAM : SOCK_DGRAM | SOCK_NONBLOCK);
      // TCP: a short wait that others share, for what is seldom asked.
      const timeval patience{.tv_sec = 1, .tv_usec = 0};
      if (!socket) continue;
      setsockopt(socket->get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      const std::string bytes = stream ? frame(errand.query) : errand.query;
      if (::connect(socket->get(), server.get(), server.length) != 0 ||
          send(socket->get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
        continue;
      }
      const int fd = socket->get();
      errand.socket = std::move(*socket);
      errand.deadline = now() + kPatience;
      errand.heard.clear();
      errands_[fd] = std::move(errand);
      watch(fd, [this, fd] { hear_server(fd); });
      return;
    }
    give_up(errand);
  }

  void give_up(Errand& errand) {
    const auto question = dns::parse_question(errand.query);
    if (question) deliver(errand, dns::refuse(errand.query, *question, dns::kServerFailure));
  }

  void deliver(Errand& errand, const std::string& reply) {
    if (errand.stream < 0) return reply_to(errand.asker, errand.client, reply);
    if (streams_.contains(errand.stream)) reply_stream(errand.stream, reply);
  }

  Errand take_errand(int fd) {
    forget(fd);
    Errand errand = std::move(errands_[fd]);
    errands_.erase(fd);
    return errand;
  }

  void hear_server(int fd) {
    Errand& errand = errands_[fd];
    std::string reply;
    if (errand.stream >= 0) {
      const auto message = next_message(fd, errand.heard);
      if (!message) return ask_next(take_errand(fd));
      if (message->empty()) return;
      reply = *message;
    } else {
      std::array<char, 4096> buffer{};
      const ssize_t count = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (count < 0) return ask_next(take_errand(fd));
      reply.assign(buffer.data(), static_cast<std::size_t>(count));
    }
    // Only the server asked can write here; the number has to be the question's all the same.
    if (reply.size() < 12 || reply.compare(0, 2, errand.query, 0, 2) != 0) return;
    Errand done = take_errand(fd);
    deliver(done, reply);
  }

  void expire() {
    const std::time_t time = now();
    std::vector<int> late;
    for (const auto& [fd, errand] : errands_) {
      if (errand.deadline <= time) late.push_back(fd);
    }
    for (const int fd : late) ask_next(take_errand(fd));
    late.clear();
    for (const auto& [fd, stream] : streams_) {
      if (stream.deadline + kPatience * std::time_t{3} <= time) late.push_back(fd);
    }
    for (const int fd : late) end_stream(fd);
  }
};

}  // namespace

int run_name_server(UniqueFd listener) { return Server(std::move(listener)).run(); }

}  // namespace isle::network
