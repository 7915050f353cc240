#include "monitor/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <malloc.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/signal_fd.h"
#include "kernel/tty.h"
#include "monitor/clients.h"
#include "monitor/deaf.h"
#include "monitor/wire.h"

namespace isle::monitor {

namespace {

constexpr std::int64_t kSettleAfter = 100;  // ms
constexpr std::int64_t kQuietAfter = 1000;
// A terminal whose slave nobody has open reads EIO until somebody opens it again: asked so often.
constexpr std::int64_t kHungUpPause = 200;

constexpr std::size_t kPage = 4096;
// The only buffer, for output and for frames that arrive. Given back to the kernel when quiet.
alignas(kPage) char buffer[(kMaxFrame + kPage - 1) / kPage * kPage];

void set_non_blocking(const kernel::UniqueFd& fd) {
  if (fd) fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

class Supervisor {
 public:
  Supervisor(Charge charge, const Duties& duties, kernel::SignalFd signals)
      : charge_(std::move(charge)),
        duties_(duties),
        signals_(std::move(signals)),
        began_(monotonic_ms()) {
    set_non_blocking(charge_.input);
    for (const kernel::UniqueFd& output : charge_.outputs) set_non_blocking(output);
    if (charge_.first_client) clients_.add(std::move(charge_.first_client), true);
    clients_.send({.type = FrameType::Started, .value = charge_.pid.value}, {});
  }

  Result<Supervised> run() {
    while (!over()) TRY(turn());
    Supervised end{.clean_up = by_client_ ? CleanUp::ByClient : CleanUp::ByMonitor};
    for (const auto& chore : charge_.chores) {
      end.wants_restart = end.wants_restart || (chore && chore->wants_restart());
    }
    return end;
  }

 private:
  // Positions in the set that is polled.
  static constexpr std::size_t kInit = 0, kSignals = 1, kListener = 2, kOutput = 3, kErrors = 4,
                               kInput = 5, kChore = 6, kClients = kChore + 2 * Chore::kDescriptors;

  // ---- the loop ---------------------------------------------------------------------------

  bool over() {
    if (!told_) return false;
    return clients_.first() == nullptr && !clients_.holding();
  }

  Result<void> turn() {
    watch();
    const int count = poll(set_.data(), set_.size(), time_left());
    if (count < 0 && errno != EINTR) return fail_call(errno, "poll()");
    const std::int64_t now = monotonic_ms();
    if (count > 0) {
      last_busy_ = now;
      quiet_ = false;
      TRY(serve());
    }
    clients_.tidy(now);
    keep_time(now);
    if (ended_ && !told_) drain();
    return {};
  }

  void watch() {
    const bool read_output = !ended_ && !clients_.holding();
    const bool hung_up = monotonic_ms() < hung_up_until_;
    set_.clear();
    add(ended_ ? -1 : charge_.pidfd.get(), POLLIN);
    add(signals_.fd(), POLLIN);
    add(charge_.listener.get(), POLLIN);
    add(read_output && !hung_up ? charge_.outputs[0].get() : -1, POLLIN);
    add(read_output ? charge_.outputs[1].get() : -1, POLLIN);
    add(input_waits() && !hung_up ? charge_.input.get() : -1, POLLOUT);
    for (const auto& chore : charge_.chores) watch_chore(chore.get());
    for (const Client& client : clients_.all()) {
      add(client.socket.get(), client.waiting.empty() ? POLLIN : POLLIN | POLLOUT);
    }
  }

  void watch_chore(Chore* chore) {
    if (chore != nullptr && !ended_) return chore->watch(set_);
    for (std::size_t i = 0; i < Chore::kDescriptors; ++i) add(-1, 0);
  }

  void add(int fd, int events) {
    set_.push_back({.fd = fd, .events = static_cast<short>(events), .revents = 0});
  }

  // For poll(2): the nearest of all deadlines, -1 if there is none.
  int time_left() const {
    std::int64_t next = clients_.next_deadline();
    const auto consider = [&next](std::int64_t deadline) {
      next = next < 0 ? deadline : std::min(next, deadline);
    };
    if (!settled_ && !ended_) consider(began_ + kSettleAfter);
    if (!quiet_) consider(last_busy_ + kQuietAfter);
    if (charge_.timeout_seconds != 0 && !timed_out_ && !ended_) consider(timeout_at());
    for (const auto& chore : charge_.chores) {
      if (chore && !ended_) consider(chore->deadline());
    }
    const std::int64_t now = monotonic_ms();
    if (hung_up_until_ > now) consider(hung_up_until_);
    if (next < 0) return -1;
    return static_cast<int>(std::clamp<std::int64_t>(next - now, 0, 1'000'000'000));
  }

  std::int64_t timeout_at() const { return began_ + std::int64_t{charge_.timeout_seconds} * 1000; }

  void keep_time(std::int64_t now) {
    if (charge_.timeout_seconds != 0 && !timed_out_ && now >= timeout_at()) {
      timed_out_ = true;
      signal_init(SIGKILL);
    }
    for (const auto& chore : charge_.chores) {
      if (!chore || ended_) continue;
      if (const int signal = chore->turn(now); signal != 0) signal_init(signal);
    }
    const bool stays = clients_.all().empty() || now >= began_ + kSettleAfter;
    if (!settled_ && !ended_ && stays) {
      settled_ = true;
      duties_.settle();
    }
    if (!quiet_ && now >= last_busy_ + kQuietAfter) {
      quiet_ = true;
      static_cast<void>(madvise(buffer, sizeof buffer, MADV_DONTNEED));
      static_cast<void>(malloc_trim(0));
    }
  }

  Result<void> serve() {
    // Clients were added to the set in their order; those that come now are at the end.
    for (std::size_t i = 0; kClients + i < set_.size(); ++i) {
      serve_client(clients_.all()[i], set_[kClients + i].revents);
    }
    if (set_[kInput].revents != 0) write_input();
    if (set_[kOutput].revents != 0) read_output(0);
    if (set_[kErrors].revents != 0 && !clients_.holding()) read_output(1);
    if (set_[kSignals].revents != 0) take_signals();
    if (set_[kListener].revents != 0) accept_client();
    if (set_[kInit].revents != 0) TRY(reap());
    return {};
  }

  // ---- output -----------------------------------------------------------------------------

  // False: there is nothing to read now, or never again.
  bool read_output(int index) {
    kernel::UniqueFd& fd = charge_.outputs[index];
    if (!fd) return false;
    const ssize_t count = read(fd.get(), buffer, kMaxPayload);
    if (count > 0) {
      deliver(index, {buffer, static_cast<std::size_t>(count)});
      return true;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (charge_.terminal && !ended_) {
      hung_up_until_ = monotonic_ms() + kHungUpPause;
    } else {
      fd.reset();
    }
    return false;
  }

  // The one place all output passes.
  void deliver(int index, std::string_view data) {
    charge_.log.write(index + 1, data);
    clients_.send({.type = index == 0 ? FrameType::Stdout : FrameType::Stderr}, data);
  }

  // All processes of the container are gone: what is in the pipes now is all there will be.
  void drain() {
    for (const int index : {0, 1}) {
      while (!clients_.holding() && read_output(index)) continue;
    }
    if (clients_.holding()) return;
    charge_.log.finish();
    if (record_.error.empty()) record_.error = charge_.log.complaint();
    clients_.send({.type = FrameType::Exited, .value = record_.status},
                  json::write(write_exit(record_)));
    told_ = true;
  }

  // ---- input ------------------------------------------------------------------------------

  bool input_waits() {
    return std::ranges::any_of(clients_.all(), [](auto& client) { return !client.input.empty(); });
  }

  void take_input(Client& client, std::string_view data) {
    // Two frames under way are against the protocol, and would need room without end.
    if (!client.input.empty()) {
      client.gone = true;
      return;
    }
    data.remove_prefix(write_some(data));
    client.input = data;
    if (client.input.empty()) input_taken(client);
  }

  void write_input() {
    for (Client& client : clients_.all()) {
      if (client.input.empty()) continue;
      client.input.erase(0, write_some(client.input));
      if (client.input.empty()) input_taken(client);
    }
  }

  void input_taken(Client& client) {
    clients_.send_to(client, {.type = FrameType::StdinTaken}, {});
    if (std::exchange(client.input_ends, false)) end_input();
  }

  // Bytes that need not be kept: written, or nobody will ever read them.
  std::size_t write_some(std::string_view data) {
    if (!charge_.input) return data.size();
    const ssize_t count = write(charge_.input.get(), data.data(), data.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EINTR) return 0;
    if (!charge_.terminal) charge_.input.reset();
    return data.size();
  }

  void end_input() {
    // A terminal's end of input is a character; more may follow.
    if (charge_.terminal) {
      static_cast<void>(write_some("\x04"));
    } else {
      charge_.input.reset();
    }
  }

  // ---- clients ----------------------------------------------------------------------------

  void serve_client(Client& client, int events) {
    if (client.gone || events == 0) return;
    if ((events & POLLOUT) != 0) clients_.flush(client);
    if ((events & (POLLIN | POLLHUP | POLLERR)) == 0) return;
    const Result<Received> received = receive_frame(client.socket.get(), buffer, Wait::No);
    if (!received || received->kind == Received::Kind::End) {
      client.gone = true;
    } else if (received->kind == Received::Kind::Frame) {
      obey(client, received->frame);
    }
  }

  void obey(Client& client, const Frame& frame) {
    const int value = frame.head.value;
    switch (frame.head.type) {
      case FrameType::Stdin: return take_input(client, frame.payload);
      case FrameType::StdinEnd:
        if (!client.input.empty()) {
          client.input_ends = true;
          return;
        }
        return end_input();
      case FrameType::Resize: return resize(value);
      case FrameType::Signal: return signal_by(client, value);
      case FrameType::CloseOutput: return close_output(client, value);
      case FrameType::Mute: client.muted = true; return;
      case FrameType::Done: by_client_ = client.first; [[fallthrough]];
      // Detach, and what no client may send.
      default: client.gone = true;
    }
  }

  void resize(int value) {
    if (!charge_.terminal || !charge_.outputs[0]) return;
    const kernel::WindowSize size{.rows = static_cast<unsigned short>(value >> 16),
                                  .columns = static_cast<unsigned short>(value)};
    // A size that cannot be set harms nobody.
    if (!kernel::set_window_size(charge_.outputs[0].get(), size)) return;
  }

  // The container shall see a broken pipe, unless somebody else still reads.
  void close_output(const Client& client, int stream) {
    if (!client.first || clients_.all().size() != 1 || (stream != 1 && stream != 2)) return;
    charge_.outputs[stream - 1].reset();
    // Losing its terminal's master is a hang-up for the container.
    if (charge_.terminal) charge_.input.reset();
  }

  void accept_client() {
    Result<kernel::UniqueFd> socket = kernel::accept_on(charge_.listener.get(), SOCK_NONBLOCK);
    if (!socket || clients_.all().size() >= Clients::kMost) return;
    clients_.add(std::move(*socket), false);
    clients_.send_to(
        clients_.all().back(), {.type = FrameType::Started, .value = charge_.pid.value}, {});
  }

  // ---- the container's init ---------------------------------------------------------------

  void signal_init(int number) {
    if (ended_) return;
    // It may have ended this moment; poll says so next.
    if (!kernel::send_signal(charge_.pidfd.get(), number)) return;
  }

  // What a client was sent and hands on.
  void signal_by(Client& client, int number) {
    signal_init(number);
    if (ended_ || !deaf_.had_enough(charge_.pid, number)) return;
    clients_.send_to(client,
                     {.type = FrameType::Warning},
                     "its first process has no handler for what it was sent three times, so the "
                     "kernel keeps it away: killed (isle run --init passes signals on)");
    signal_init(SIGKILL);
  }

  // The host stops, or somebody wants the monitor gone: the container may end in its own way.
  void take_signals() {
    while (const std::optional<int> signal = signals_.next()) {
      if (*signal != SIGHUP) signal_init(charge_.stop_signal);
    }
  }

  Result<void> reap() {
    const kernel::ExitStatus exit = TRY(kernel::wait_for(charge_.pidfd.get()));
    ended_ = true;
    charge_.listener.reset();
    for (const auto& chore : charge_.chores) {
      if (chore) chore->end();
    }
    const bool wants_restart = std::ranges::any_of(
        charge_.chores, [](const auto& chore) { return chore && chore->wants_restart(); });
    record_ = duties_.ended(exit, wants_restart);
    return {};
  }

  Charge charge_;
  const Duties& duties_;
  kernel::SignalFd signals_;
  Clients clients_;
  DeafInit deaf_;
  std::vector<pollfd> set_;
  ExitRecord record_;
  std::int64_t began_;
  std::int64_t last_busy_ = 0;
  std::int64_t hung_up_until_ = 0;
  bool ended_ = false;  // init is reaped, the container cleared away
  bool told_ = false;   // Exited is sent
  bool settled_ = false;
  bool quiet_ = false;  // memory is given back
  bool timed_out_ = false;
  bool by_client_ = false;
};

}  // namespace

Result<Supervised> supervise(Charge charge, const Duties& duties) {
  const kernel::IgnorePipeSignal no_pipe_signal;
  kernel::SignalFd signals = TRY(kernel::SignalFd::create({SIGTERM, SIGINT, SIGQUIT, SIGHUP}));
  return Supervisor(std::move(charge), duties, std::move(signals)).run();
}

}  // namespace isle::monitor
