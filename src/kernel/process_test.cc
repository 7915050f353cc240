#include "kernel/process.h"

#include <csignal>

#include <gtest/gtest.h>

namespace isle::kernel {
namespace {

SpawnRequest shell(const std::string& script) {
  SpawnRequest request;
  request.program = HostPath("/bin/sh");
  request.arguments = {"sh", "-c", script};
  return request;
}

TEST(Spawn, GivesTheExitStatus) {
  const ChildProcess child = MUST(spawn(shell("exit 7")));
  EXPECT_EQ(MUST(wait_for(child.pidfd.get())).status, 7);
}

TEST(Spawn, CountsASignalAsShellsDo) {
  const ChildProcess child = MUST(spawn(shell("kill -9 $$")));
  const ExitStatus exit = MUST(wait_for(child.pidfd.get()));
  EXPECT_EQ(exit.signal, SIGKILL);
  EXPECT_EQ(exit.status, 137);
}

TEST(Spawn, AbsentProgramIsNamed) {
  SpawnRequest request;
  request.program = HostPath("/nowhere/program");
  request.arguments = {"program"};
  const auto child = spawn(request);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().kind, ErrorKind::NotFound);
  EXPECT_NE(child.error().call.find("/nowhere/program"), std::string::npos);
}

TEST(Spawn, SwapsDescriptorsWhoseNumbersCollide) {
  FdPair a = MUST(make_pipe());
  FdPair b = MUST(make_pipe());
  // Each write end gets the other's number: only copies made first can do that.
  const int first = a.second.get(), second = b.second.get();
  SpawnRequest request =
      shell("echo one >&" + std::to_string(second) + "; echo two >&" + std::to_string(first));
  request.fds = {{.from = first, .to = second}, {.from = second, .to = first}};
  if (first > 9 || second > 9) GTEST_SKIP() << "the shell takes one digit only";
  const ChildProcess child = MUST(spawn(request));
  a.second.reset();
  b.second.reset();
  EXPECT_EQ(MUST(wait_for(child.pidfd.get())).status, 0);
  EXPECT_EQ(MUST(read_all(a.first.get())), "one\n");
  EXPECT_EQ(MUST(read_all(b.first.get())), "two\n");
}

TEST(Spawn, NullDeviceSessionAndEnvironment) {
  FdPair output = MUST(make_pipe());
  SpawnRequest request = shell("cat; echo $WORD; ps -o sid= -p $$ | tr -d ' '; echo $$");
  request.env = std::vector<std::string>{"WORD=yes", "PATH=/usr/bin:/bin"};
  request.fds = {{.from = -1, .to = 0}, {.from = output.second.get(), .to = 1}};
  request.new_session = true;
  const ChildProcess child = MUST(spawn(request));
  output.second.reset();
  const std::string pid = std::to_string(child.pid.value);
  EXPECT_EQ(MUST(read_all(output.first.get())), "yes\n" + pid + "\n" + pid + "\n");
  EXPECT_TRUE(wait_for(child.pidfd.get()));
}

TEST(Spawn, NothingElseIsInherited) {
  const FdPair stray = MUST(make_pipe());
  ASSERT_EQ(fcntl(stray.second.get(), F_SETFD, 0), 0);
  FdPair output = MUST(make_pipe());
  SpawnRequest request = shell("ls /proc/self/fd | wc -l");
  // ls has one more, the directory it reads.
  request.fds = {{.from = output.second.get(), .to = 1}, {.from = -1, .to = 7}};
  const ChildProcess child = MUST(spawn(request));
  output.second.reset();
  EXPECT_EQ(MUST(read_all(output.first.get())), "5\n");
  EXPECT_TRUE(wait_for(child.pidfd.get()));
}

TEST(Spawn, SignalsAreAtTheirDefaults) {
  signal(SIGUSR1, SIG_IGN);
  const ChildProcess child = MUST(spawn(shell("kill -USR1 $$; exit 0")));
  signal(SIGUSR1, SIG_DFL);
  EXPECT_EQ(MUST(wait_for(child.pidfd.get())).signal, SIGUSR1);
}

TEST(SendSignal, ToAProcessThatIsGoneIsNotFound) {
  const ChildProcess child = MUST(spawn(shell("sleep 100")));
  EXPECT_TRUE(send_signal(child.pidfd.get(), SIGTERM));
  EXPECT_EQ(MUST(wait_for(child.pidfd.get())).signal, SIGTERM);
  const auto again = send_signal(child.pidfd.get(), SIGTERM);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::NotFound);
}

TEST(ProgramDirectory, HoldsThisTest) {
  EXPECT_EQ(access((MUST(program_directory()) / "kernel_test").c_str(), X_OK), 0);
}

}  // namespace
}  // namespace isle::kernel
