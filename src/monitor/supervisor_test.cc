#include "monitor/supervisor.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/client.h"
#include "monitor/clients.h"
#include "monitor/wire.h"

namespace isle::monitor {
namespace {

using kernel::FdPair;
using kernel::UniqueFd;

// A shell script in the place of a container, supervised by a thread.
class SupervisedShell : public testing::Test {
 protected:
  void start(const std::string& script, bool with_input = false) {
    FdPair out = MUST(kernel::make_pipe());
    FdPair err = MUST(kernel::make_pipe());
    FdPair in = MUST(kernel::make_pipe());
    spawn(script,
          {{.from = with_input ? in.first.get() : -1, .to = 0},
           {.from = out.second.get(), .to = 1},
           {.from = err.second.get(), .to = 2}});
    if (with_input) charge_.input = std::move(in.second);
    charge_.outputs[0] = std::move(out.first);
    charge_.outputs[1] = std::move(err.first);
    supervise_now();
  }

  void start_with_terminal(const std::string& script) {
    int master = -1, slave = -1;
    ASSERT_EQ(openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
    const UniqueFd own_slave(slave);
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(slave, F_SETFD, FD_CLOEXEC);
    spawn(script, {{.from = slave, .to = 0}, {.from = slave, .to = 1}, {.from = slave, .to = 2}});
    charge_.terminal = true;
    charge_.input = MUST(kernel::duplicate(master));
    charge_.outputs[0] = UniqueFd(master);
    supervise_now();
  }

  void spawn(const std::string& script, std::vector<kernel::GivenFd> fds) {
    kernel::SpawnRequest request;
    request.program = HostPath("/bin/sh");
    request.arguments = {"sh", "-c", script};
    request.fds = std::move(fds);
    request.new_session = true;
    kernel::ChildProcess child = MUST(kernel::spawn(request));
    charge_.pid = pid_ = child.pid;
    charge_.pidfd = std::move(child.pidfd);
  }

  void supervise_now() {
    FdPair pair = MUST(kernel::make_socketpair(SOCK_SEQPACKET));
    charge_.first_client = std::move(pair.first);
    connection_.socket = std::move(pair.second);
    thread_ = std::thread([this] {
      Duties duties;
      duties.ended = [](const kernel::ExitStatus& exit, bool /*wants_restart*/) {
        return ExitRecord{.status = exit.status, .signal = exit.signal};
      };
      duties.settle = [this] { settled_ = true; };
      clean_up_ = MUST(supervise(std::move(charge_), duties)).clean_up;
    });
  }

  // An abstract name, so that nothing is left.
  void listen_for_others() {
    charge_.listener = MUST(kernel::make_socket(AF_UNIX, SOCK_SEQPACKET));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    EXPECT_EQ(
        bind(charge_.listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t)),
        0);
    EXPECT_EQ(listen(charge_.listener.get(), 8), 0);
    socklen_t length = sizeof listening_;
    getsockname(charge_.listener.get(), reinterpret_cast<sockaddr*>(&listening_), &length);
    listening_length_ = length;
  }

  MonitorConnection connect_other() {
    MonitorConnection other{.socket = MUST(kernel::make_socket(AF_UNIX, SOCK_SEQPACKET))};
    EXPECT_EQ(
        connect(other.socket.get(), reinterpret_cast<sockaddr*>(&listening_), listening_length_),
        0);
    return other;
  }

  Received receive(const MonitorConnection& from) {
    return MUST(receive_frame(from.socket.get(), buffer_, Wait::Yes));
  }
  // Skips everything but `type`, counting output.
  Received receive_until(FrameType type) {
    for (;;) {
      const Received received = receive(connection_);
      if (received.kind == Received::Kind::End) return received;
      if (received.frame.head.type == type) return received;
      if (received.frame.head.type == FrameType::Stdout) {
        output_bytes_ += received.frame.payload.size();
      }
    }
  }
  void send(FrameHead head, std::string_view payload = {}) {
    ASSERT_TRUE(send_frame(connection_.socket.get(), head, payload, Wait::Yes));
  }
  void finish() {
    connection_.socket.reset();
    thread_.join();
  }
  void TearDown() override {
    if (thread_.joinable()) finish();
  }

  Charge charge_;
  Pid pid_;
  MonitorConnection connection_;
  std::thread thread_;
  CleanUp clean_up_ = CleanUp::ByMonitor;
  std::atomic<bool> settled_ = false;
  std::size_t output_bytes_ = 0;
  sockaddr_un listening_{};
  socklen_t listening_length_ = 0;
  std::vector<char> buffer_ = std::vector<char>(kMaxFrame);
};

FdPair new_pipe() { return MUST(kernel::make_pipe()); }

// The user's side: pipes in the place of standard input and output.
struct User {
  FdPair in = new_pipe();
  FdPair out = new_pipe();
  FdPair err = new_pipe();
  runtime::RelayOptions options() const {
    return {.input = true,
            .signals = false,
            .stdin_fd = in.first.get(),
            .stdout_fd = out.second.get(),
            .stderr_fd = err.second.get()};
  }
  std::string output() {
    out.second.reset();
    return MUST(kernel::read_all(out.first.get()));
  }
  std::string errors() {
    err.second.reset();
    return MUST(kernel::read_all(err.first.get()));
  }
};

TEST_F(SupervisedShell, OutputAndStatusArrive) {
  start("echo out; echo err >&2; exit 3");
  User user;
  EXPECT_TRUE(await_started(connection_));
  const AttachEnd end = MUST(attach(connection_, user.options()));
  ASSERT_TRUE(end.exit);
  EXPECT_EQ(end.exit->status, 3);
  EXPECT_EQ(user.output(), "out\n");
  EXPECT_EQ(user.errors(), "err\n");
}

TEST_F(SupervisedShell, MuchInputComesBackWhole) {
  start("cat", true);
  User user;
  std::string text(std::size_t{3} << 20, 'x');
  for (std::size_t i = 0; i < text.size(); i += 7) text[i] = static_cast<char>('a' + i % 26);
  std::thread writer([&] {
    EXPECT_TRUE(kernel::write_all(user.in.second.get(), text));
    user.in.second.reset();
  });
  std::string back;
  std::thread reader([&] { back = MUST(kernel::read_all(user.out.first.get())); });
  EXPECT_TRUE(await_started(connection_));
  EXPECT_EQ(MUST(attach(connection_, user.options())).exit->status, 0);
  user.out.second.reset();
  writer.join();
  reader.join();
  EXPECT_TRUE(back == text);
}

TEST_F(SupervisedShell, ASignalPassesInputThatNobodyReads) {
  start("exec sleep 100", true);
  const std::string chunk(kMaxPayload, 'x');
  receive_until(FrameType::Started);
  // The first fills the pipe, the second is never taken.
  send({.type = FrameType::Stdin}, chunk);
  receive_until(FrameType::StdinTaken);
  send({.type = FrameType::Stdin}, chunk);
  send({.type = FrameType::Signal, .value = SIGTERM});
  EXPECT_EQ(receive_until(FrameType::Exited).frame.head.value, 143);
}

TEST_F(SupervisedShell, ClientThatBreaksTheInputWindowIsDropped) {
  start("sleep 100", true);
  const std::string chunk(kMaxPayload, 'x');
  for (int i = 0; i < 3; ++i) send({.type = FrameType::Stdin}, chunk);
  EXPECT_EQ(receive_until(FrameType::Exited).kind, Received::Kind::End);
  kill(pid_.value, SIGKILL);
}

TEST_F(SupervisedShell, FirstClientMayHoldTheContainerAndLosesNothing) {
  start("head -c 8000000 /dev/zero");
  receive_until(FrameType::Started);
  std::this_thread::sleep_for(std::chrono::milliseconds(1300));
  EXPECT_EQ(kill(pid_.value, 0), 0);
  EXPECT_EQ(receive_until(FrameType::Exited).frame.head.value, 0);
  EXPECT_EQ(output_bytes_, 8'000'000U);
}

TEST_F(SupervisedShell, AnotherClientIsDroppedWhenItHoldsTheContainer) {
  listen_for_others();
  start("read x; head -c 8000000 /dev/zero", true);
  const MonitorConnection other = connect_other();
  EXPECT_EQ(receive(other).frame.head.type, FrameType::Started);
  send({.type = FrameType::Stdin}, "go\n");
  const std::int64_t before = monotonic_ms();
  EXPECT_EQ(receive_until(FrameType::Exited).frame.head.value, 0);
  EXPECT_LT(monotonic_ms() - before, 5000);
  EXPECT_GE(monotonic_ms() - before, Clients::kPatience - 100);
  EXPECT_EQ(output_bytes_, 8'000'000U);
}

TEST_F(SupervisedShell, AnotherClientSeesOutputAndEnd) {
  listen_for_others();
  start("read x; echo $x; exit 4", true);
  MonitorConnection other = connect_other();
  ASSERT_TRUE(await_started(other));
  send({.type = FrameType::Stdin}, "hello\n");
  User user;
  runtime::RelayOptions options = user.options();
  options.input = false;
  EXPECT_EQ(MUST(attach(other, options)).exit->status, 4);
  EXPECT_EQ(user.output(), "hello\n");
}

TEST_F(SupervisedShell, TheContainerOutlivesItsClient) {
  start("head -c 1000000 /dev/zero; sleep 0.3; head -c 1000000 /dev/zero");
  receive_until(FrameType::Started);
  send({.type = FrameType::Detach});
  thread_.join();
  EXPECT_TRUE(settled_);
  EXPECT_EQ(clean_up_, CleanUp::ByMonitor);
}

TEST_F(SupervisedShell, DoneLeavesTheCleanUpToTheClient) {
  start("exit 0");
  receive_until(FrameType::Exited);
  EXPECT_FALSE(settled_);
  send({.type = FrameType::Done});
  thread_.join();
  EXPECT_EQ(clean_up_, CleanUp::ByClient);
}

TEST_F(SupervisedShell, WaitingForTheClientAfterTheEndCostsNothing) {
  start("exit 0");
  receive_until(FrameType::Exited);
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  clockid_t clock{};
  ASSERT_EQ(pthread_getcpuclockid(thread_.native_handle(), &clock), 0);
  timespec used{};
  ASSERT_EQ(clock_gettime(clock, &used), 0);
  EXPECT_LT(used.tv_sec * 1'000'000 + used.tv_nsec / 1000, 10'000);
  send({.type = FrameType::Done});
  thread_.join();
}

TEST_F(SupervisedShell, TimeIsUp) {
  charge_.timeout_seconds = 1;
  start("sleep 100");
  const Received end = receive_until(FrameType::Exited);
  EXPECT_EQ(end.frame.head.value, 137);
  EXPECT_EQ(MUST(read_exit(end.frame.payload)).signal, SIGKILL);
}

TEST_F(SupervisedShell, OutputThatNobodyReadsBreaksThePipe) {
  start("exec yes");
  receive_until(FrameType::Stdout);
  send({.type = FrameType::CloseOutput, .value = 1});
  EXPECT_EQ(MUST(read_exit(receive_until(FrameType::Exited).frame.payload)).signal, SIGPIPE);
}

TEST_F(SupervisedShell, TheRelayTellsThatNobodyReads) {
  start("exec yes");
  User user;
  user.out.first.reset();
  EXPECT_TRUE(await_started(connection_));
  EXPECT_EQ(MUST(attach(connection_, user.options())).exit->signal, SIGPIPE);
}

TEST_F(SupervisedShell, OutputIsDrainedThoughSomebodyKeepsThePipe) {
  start("sleep 2 & echo last");
  receive_until(FrameType::Started);
  const std::int64_t before = monotonic_ms();
  receive_until(FrameType::Exited);
  EXPECT_EQ(output_bytes_, 5U);
  EXPECT_LT(monotonic_ms() - before, 1500);
}

TEST_F(SupervisedShell, TerminalIsResizedAndRelayed) {
  start_with_terminal("read x; stty size; echo got $x; cat");
  receive_until(FrameType::Started);
  send({.type = FrameType::Resize, .value = 41 << 16 | 99});
  send({.type = FrameType::Stdin}, "word\n");
  std::string seen;
  while (seen.find("got word") == std::string::npos) {
    const Received received = receive(connection_);
    ASSERT_EQ(received.kind, Received::Kind::Frame) << seen;
    if (received.frame.head.type == FrameType::Stdout) seen += received.frame.payload;
  }
  EXPECT_NE(seen.find("41 99"), std::string::npos) << seen;
  // The end of input is a character there, and ends cat.
  send({.type = FrameType::StdinEnd});
  EXPECT_EQ(receive_until(FrameType::Exited).frame.head.value, 0);
}

TEST_F(SupervisedShell, AMonitorThatDiesIsSaid) {
  FdPair pair = MUST(kernel::make_socketpair(SOCK_SEQPACKET));
  MonitorConnection connection{.socket = std::move(pair.second)};
  pair.first.reset();
  const auto started = await_started(connection);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().exit_status, 125);
  EXPECT_EQ(started.error().error.kind, ErrorKind::Unavailable);
}

}  // namespace
}  // namespace isle::monitor
