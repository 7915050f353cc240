#include "monitor/clients.h"

#include <algorithm>
#include <ctime>

#include "monitor/wire.h"

namespace isle::monitor {

std::int64_t monotonic_ms() {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_MONOTONIC, &now));
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void Clients::add(kernel::UniqueFd socket, bool first) {
  Client client;
  client.socket = std::move(socket);
  client.first = first;
  clients_.push_back(std::move(client));
}

Client* Clients::first() {
  for (Client& client : clients_) {
    if (client.first && !client.gone) return &client;
  }
  return nullptr;
}

void Clients::send(const FrameHead& head, std::string_view payload) {
  const bool output = head.type == FrameType::Stdout || head.type == FrameType::Stderr;
  for (Client& client : clients_) {
    if (!output || !client.muted) send_to(client, head, payload);
  }
}

void Clients::send_to(Client& client, const FrameHead& head, std::string_view payload) {
  if (client.gone) return;
  if (client.waiting.empty()) {
    const Result<Sent> sent = send_frame(client.socket.get(), head, payload, Wait::No);
    if (sent && *sent == Sent::Yes) return;
    // An error of sendmsg(2) is of this client alone; the container and the others go on.
    client.gone = !sent || *sent == Sent::Gone;
    if (client.gone) return;
    client.waiting_since = monotonic_ms();
  }
  char bytes[kHeadBytes];
  encode_head(head, bytes);
  client.waiting.push_back(std::string(bytes, sizeof bytes).append(payload));
}

void Clients::flush(Client& client) {
  std::vector<std::string> packets = std::exchange(client.waiting, {});
  for (const std::string& packet : packets) {
    const Result<Frame> frame = decode_frame(packet);
    if (frame) send_to(client, frame->head, frame->payload);
  }
}

bool Clients::holding() const {
  return std::ranges::any_of(
      clients_, [](const Client& client) { return !client.gone && !client.waiting.empty(); });
}

std::int64_t Clients::next_deadline() const {
  std::int64_t deadline = -1;
  for (const Client& client : clients_) {
    if (client.first || client.gone || client.waiting.empty()) continue;
    const std::int64_t own = client.waiting_since + kPatience;
    deadline = deadline < 0 ? own : std::min(deadline, own);
  }
  return deadline;
}

void Clients::tidy(std::int64_t now) {
  std::erase_if(clients_, [now](const Client& client) {
    const bool slow =
        !client.first && !client.waiting.empty() && now >= client.waiting_since + kPatience;
    return client.gone || slow;
  });
}

}  // namespace isle::monitor
