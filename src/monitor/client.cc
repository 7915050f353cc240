#include "monitor/client.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/scratch.h"
#include "base/strings.h"
#include "kernel/unix_socket.h"
#include "monitor/wire.h"
#include "runtime/relay/far_end.h"

namespace isle::monitor {

using runtime::FarEnd;
using runtime::Output;
using runtime::RelayResult;

namespace {

std::unexpected<Error> monitor_gone() {
  return fail(ErrorKind::Unavailable,
              "isle-monitor has ended without a word",
              "its container is killed with it; see whether something kills isle's processes");
}

class MonitorEnd final : public FarEnd {
 public:
  explicit MonitorEnd(int socket) : socket_(socket) {}

  void watch(std::vector<pollfd>& set) override {
    set.push_back({.fd = socket_, .events = POLLIN, .revents = 0});
  }

  Result<std::optional<Output>> receive() override {
    const Received received = TRY(receive_frame(socket_, buffer_, Wait::No));
    if (received.kind == Received::Kind::Nothing) return std::nullopt;
    if (received.kind == Received::Kind::End) return monitor_gone();
    const Frame& frame = received.frame;
    switch (frame.head.type) {
      case FrameType::Stdout: return Output{.stream = 1, .data = frame.payload};
      case FrameType::Stderr: return Output{.stream = 2, .data = frame.payload};
      case FrameType::StdinTaken: under_way_ = false; return std::nullopt;
      case FrameType::Warning: tell(frame.payload); return std::nullopt;
      case FrameType::Exited: exit_ = TRY(read_exit(frame.payload)); return std::nullopt;
      default:
        return fail(ErrorKind::Corrupt,
                    format("isle-monitor sent a frame of type {} while the container runs",
                           static_cast<int>(frame.head.type)));
    }
  }

  bool ended() const override { return exit_.has_value(); }
  bool takes_input() const override { return !under_way_; }

  Result<void> input(std::string_view data) override {
    under_way_ = true;
    return send({.type = FrameType::Stdin}, data);
  }
  Result<void> end_input() override { return send({.type = FrameType::StdinEnd}); }
  Result<void> resize(kernel::WindowSize size) override {
    return send({.type = FrameType::Resize, .value = size.rows << 16 | size.columns});
  }
  Result<void> signal(int number) override {
    return send({.type = FrameType::Signal, .value = number});
  }
  Result<void> output_closed(int stream) override {
    return send({.type = FrameType::CloseOutput, .value = stream});
  }
  Result<void> detach() override { return send({.type = FrameType::Detach}); }
  const std::optional<ExitRecord>& exit() const { return exit_; }

 private:
  // A monitor that is gone is noticed by receive(), after what it still had to say.
  Result<void> send(const FrameHead& head, std::string_view payload = {}) {
    TRY(send_frame(socket_, head, payload, Wait::Yes));
    return {};
  }

  // A terminal may be raw: the line begins at its left side all the same.
  static void tell(std::string_view warning) {
    const std::string line = format("isle: warning: {}\r\n", warning);
    static_cast<void>(kernel::write_all(STDERR_FILENO, line));
  }

  int socket_;
  bool under_way_ = false;
  std::optional<ExitRecord> exit_;
  Scratch buffer_{kMaxFrame};
};

// Puts together what came in several frames.
struct Opening {
  Started started;
  std::string text;  // of the frames so far
  std::optional<StartFailure> failure;
  bool done = false;
};

Result<void> take_opening(Opening& opening, const Frame& frame) {
  opening.text += frame.payload;
  if (frame.head.more) return {};
  std::string text = std::exchange(opening.text, {});
  switch (frame.head.type) {
    case FrameType::Warning: opening.started.warnings.push_back(std::move(text)); return {};
    case FrameType::Plan: opening.started.plan = std::move(text); return {};
    case FrameType::Started:
      opening.started.pid = Pid(frame.head.value);
      opening.done = true;
      return {};
    case FrameType::Failed:
      opening.failure = {.error = TRY(read_error(text)), .exit_status = frame.head.value};
      opening.done = true;
      return {};
    default:
      return fail(
          ErrorKind::Corrupt,
          format("isle-monitor opened with a frame of type {}", static_cast<int>(frame.head.type)));
  }
}

Result<Opening> receive_opening(int socket) {
  Opening opening;
  Scratch buffer(kMaxFrame);
  while (!opening.done) {
    const Received received = TRY(receive_frame(socket, buffer, Wait::Yes));
    if (received.kind == Received::Kind::End) return monitor_gone();
    if (received.kind == Received::Kind::Frame) TRY(take_opening(opening, received.frame));
  }
  return opening;
}

}  // namespace

std::expected<Started, StartFailure> await_started(MonitorConnection& connection) {
  Result<Opening> opening = receive_opening(connection.socket.get());
  if (!opening) return std::unexpected(StartFailure{.error = std::move(opening).error()});
  if (opening->failure) return std::unexpected(std::move(*opening->failure));
  return std::move(opening->started);
}

Result<AttachEnd> attach(MonitorConnection& connection, const runtime::RelayOptions& options) {
  MonitorEnd far(connection.socket.get());
  TRY(runtime::relay(far, options));
  return AttachEnd{.exit = far.exit()};
}

Result<ExitRecord> await_end(MonitorConnection& connection) {
  const int socket = connection.socket.get();
  if (TRY(send_frame(socket, {.type = FrameType::Mute}, {}, Wait::Yes)) != Sent::Yes) {
    return monitor_gone();
  }
  Scratch buffer(kMaxFrame);
  for (;;) {
    const Received received = TRY(receive_frame(socket, buffer, Wait::Yes));
    if (received.kind == Received::Kind::End) return monitor_gone();
    if (received.kind != Received::Kind::Frame) continue;
    if (received.frame.head.type == FrameType::Exited) return read_exit(received.frame.payload);
  }
}

Result<MonitorConnection> connect_monitor(const HostPath& run, std::string_view id) {
  Result<kernel::UniqueFd> socket =
      kernel::connect_at(run / "containers" / id, "attach.sock", SOCK_SEQPACKET);
  if (!socket) {
    return std::unexpected(std::move(socket)
                               .error()
                               .within(format("attach to {}", quoted(id)))
                               .advise("see isle ps for the containers that run"));
  }
  return MonitorConnection{.socket = std::move(*socket)};
}

}  // namespace isle::monitor
