#include "monitor/protocol.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "kernel/fd.h"
#include "monitor/wire.h"

namespace isle::monitor {
namespace {

std::string packet(const FrameHead& head, std::string_view payload) {
  char bytes[kHeadBytes];
  encode_head(head, bytes);
  return std::string(bytes, sizeof bytes).append(payload);
}

TEST(Frame, HeadAndPayloadComeBack) {
  const std::string sent = packet({.type = FrameType::Exited, .more = true, .value = -7}, "rest");
  const Frame frame = MUST(decode_frame(sent));
  EXPECT_EQ(frame.head.type, FrameType::Exited);
  EXPECT_TRUE(frame.head.more);
  EXPECT_EQ(frame.head.value, -7);
  EXPECT_EQ(frame.payload, "rest");
}

TEST(Frame, ShortAndUnknownAreRefused) {
  EXPECT_EQ(decode_frame("short").error().kind, ErrorKind::Corrupt);
  for (const int type : {0, 9, 63, 72, 255}) {
    std::string bytes(kHeadBytes, '\0');
    bytes[0] = static_cast<char>(type);
    EXPECT_FALSE(decode_frame(bytes)) << type;
  }
}

TEST(ExitRecord, ComesBackAsWritten) {
  const ExitRecord record{.status = 137,
                          .signal = 9,
                          .oom_killed = true,
                          .started_ns = 5,
                          .finished_ns = 1'700'000'000'000'000'001,
                          .error = "no \"x\""};
  const ExitRecord back = MUST(read_exit(json::write(write_exit(record))));
  EXPECT_EQ(back.status, 137);
  EXPECT_EQ(back.signal, 9);
  EXPECT_TRUE(back.oom_killed);
  EXPECT_EQ(back.finished_ns, record.finished_ns);
  EXPECT_EQ(back.error, record.error);
}

TEST(ExitRecord, WithoutStatusIsCorrupt) {
  EXPECT_EQ(read_exit("{}").error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(read_exit("{\"status\":").error().kind, ErrorKind::Corrupt);
}

TEST(ErrorText, KeepsEveryMember) {
  Error error;
  error.kind = ErrorKind::Denied;
  error.message = "may not mount \"/proc\"";
  error.call = "mount(proc)";
  error.errnum = EPERM;
  error.steps = {"run \"web\"", "step 14 of 38"};
  error.hint = "use --pid=host";
  const Error back = MUST(read_error(json::write(write_error(error))));
  EXPECT_EQ(back.kind, error.kind);
  EXPECT_EQ(back.describe(), error.describe());
  EXPECT_EQ(back.hint, error.hint);
  EXPECT_EQ(back.steps, error.steps);
}

TEST(LaunchExitStatus, TellsTheCommandFromTheEngine) {
  EXPECT_EQ(launch_exit_status(fail_call(ENOENT, "execve(/bin/x)").error()), 127);
  EXPECT_EQ(launch_exit_status(fail_call(EACCES, "execve(/bin/x)").error()), 126);
  EXPECT_EQ(launch_exit_status(fail_call(ENOENT, "open(/x)").error()), 125);
}

class Wire : public testing::Test {
 protected:
  void SetUp() override { pair_ = MUST(kernel::make_socketpair(SOCK_SEQPACKET)); }
  Received receive() { return MUST(receive_frame(pair_.second.get(), buffer_, Wait::No)); }
  kernel::FdPair pair_;
  std::vector<char> buffer_ = std::vector<char>(kMaxFrame);
};

TEST_F(Wire, LongTextIsCutAndMarked) {
  const std::string text(kMaxPayload + 10, 'x');
  ASSERT_EQ(MUST(send_text(pair_.first.get(), {.type = FrameType::Plan}, text)), Sent::Yes);
  const Received first = receive();
  EXPECT_TRUE(first.frame.head.more);
  EXPECT_EQ(first.frame.payload.size(), kMaxPayload);
  const Received second = receive();
  EXPECT_FALSE(second.frame.head.more);
  EXPECT_EQ(second.frame.payload.size(), 10U);
  EXPECT_EQ(receive().kind, Received::Kind::Nothing);
}

TEST_F(Wire, AFullSocketIsNoErrorNorIsAClosedOne) {
  const std::string text(kMaxPayload, 'x');
  Sent sent = Sent::Yes;
  for (int i = 0; i < 1000 && sent == Sent::Yes; ++i) {
    sent = MUST(send_frame(pair_.first.get(), {.type = FrameType::Stdout}, text, Wait::No));
  }
  EXPECT_EQ(sent, Sent::Full);
  pair_.second.reset();
  EXPECT_EQ(MUST(send_frame(pair_.first.get(), {.type = FrameType::Stdout}, text, Wait::No)),
            Sent::Gone);
}

TEST_F(Wire, TheEndIsSeen) {
  pair_.first.reset();
  EXPECT_EQ(receive().kind, Received::Kind::End);
}

}  // namespace
}  // namespace isle::monitor
