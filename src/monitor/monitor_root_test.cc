// The whole monitor with real containers: root, busybox-static, and the built isle-monitor.

#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "monitor/spawn.h"
#include "oci/default_spec.h"
#include "oci/runtime_spec_json.h"
#include "runtime/state/create.h"

namespace isle::monitor {
namespace {

constexpr const char* kBusybox = "/usr/bin/busybox";

class Monitor : public testing::Test {
 protected:
  void SetUp() override {
    program_ = MUST(kernel::program_directory()) / "../bin/isle-monitor";
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    if (access(program_.c_str(), X_OK) != 0) GTEST_SKIP() << "isle-monitor is not built";
    if (access(kBusybox, X_OK) != 0) GTEST_SKIP() << "busybox-static is not installed";
    char root[] = "/tmp/isle-monitor-XXXXXX";
    ASSERT_NE(mkdtemp(root), nullptr);
    directory_ = HostPath(root);
    const std::string script = format(
        "cd {} && chmod 755 . && mkdir -p box/rootfs/bin run && cp {} box/rootfs/bin/ && "
        "for name in sh cat echo sleep id yes dd kill stty readlink; do "
        "ln -s busybox box/rootfs/bin/$name; done",
        root,
        kBusybox);
    ASSERT_EQ(shell(script), 0);
    spec_ = oci::default_spec();
    spec_.root = oci::Root{.path = "rootfs"};
    spec_.process->terminal = false;
    spec_.process->env = {"PATH=/bin"};
    request_.id = format("isle-monitor-test-{}", getpid());
    request_.container = directory_ / "box";
    request_.run = directory_ / "run";
    request_.cgroup_parent = "/isle-monitor-test";
    request_.program = program_;
  }

  void TearDown() override {
    if (directory_.empty()) return;
    handle_ = MonitorHandle{};
    struct stat info{};
    EXPECT_NE(stat((request_.run / "containers" / request_.id).c_str(), &info), 0);
    EXPECT_NE(shell("find /sys/fs/cgroup -maxdepth 3 -name 'isle-monitor-test*' | grep ."), 0);
    shell("rm -rf " + directory_.str());
  }

  static int shell(const std::string& script) {
    kernel::SpawnRequest request;
    request.program = HostPath("/bin/sh");
    request.arguments = {"sh", "-c", script};
    const kernel::ChildProcess child = MUST(kernel::spawn(request));
    return MUST(kernel::wait_for(child.pidfd.get())).status;
  }

  std::expected<Started, StartFailure> start(std::vector<std::string> args) {
    spec_.process->args = std::move(args);
    return start_with(json::write(oci::write_spec(spec_)));
  }
  std::expected<Started, StartFailure> start_with(const std::string& config) {
    MUST(kernel::replace_file(request_.container / "config.json", config, 0600, false));
    handle_ = MUST(spawn_monitor(request_));
    return await_started(handle_.connection);
  }

  struct Seen {
    ExitRecord exit;
    std::string output, errors;
  };
  // Little output only: it has to fit into the pipes.
  Seen attach_now(const std::string& typed = {}) {
    kernel::FdPair in = MUST(kernel::make_pipe());
    kernel::FdPair out = MUST(kernel::make_pipe());
    kernel::FdPair err = MUST(kernel::make_pipe());
    MUST(kernel::write_all(in.second.get(), typed));
    in.second.reset();
    const runtime::RelayOptions options{.input = !typed.empty(),
                                        .signals = false,
                                        .stdin_fd = in.first.get(),
                                        .stdout_fd = out.second.get(),
                                        .stderr_fd = err.second.get()};
    const AttachEnd end = MUST(attach(handle_.connection, options));
    out.second.reset();
    err.second.reset();
    return {.exit = end.exit.value_or(ExitRecord{.status = -1}),
            .output = MUST(kernel::read_all(out.first.get())),
            .errors = MUST(kernel::read_all(err.first.get()))};
  }

  // True once the process has ended; it is a child of the monitor, not of ours.
  static bool ends(Pid pid) {
    const std::string path = format("/proc/{}", pid.value);
    for (int i = 0; i < 200; ++i) {
      if (access(path.c_str(), F_OK) != 0) return true;
      usleep(10'000);
    }
    return false;
  }

  HostPath program_, directory_;
  oci::Spec spec_;
  MonitorRequest request_;
  MonitorHandle handle_;
};

TEST_F(Monitor, OutputStatusAndRecord) {
  ASSERT_TRUE(start({"sh", "-c", "echo out; echo err >&2; exit 3"}));
  const Seen seen = attach_now();
  EXPECT_EQ(seen.output, "out\n");
  EXPECT_EQ(seen.errors, "err\n");
  EXPECT_EQ(seen.exit.status, 3);
  EXPECT_EQ(seen.exit.error, "");
  EXPECT_TRUE(finish(handle_));
  const std::string line = MUST(kernel::read_file(request_.container / "exits.jsonl"));
  EXPECT_TRUE(line.ends_with("\n"));
  EXPECT_EQ(MUST(read_exit(trim(line))).status, 3);
  EXPECT_GT(MUST(read_exit(trim(line))).finished_ns, MUST(read_exit(trim(line))).started_ns);
}

TEST_F(Monitor, InputReachesTheCommand) {
  request_.keep_stdin_open = true;
  ASSERT_TRUE(start({"cat"}));
  EXPECT_EQ(attach_now("words\n").output, "words\n");
  EXPECT_TRUE(finish(handle_));
}

TEST_F(Monitor, WithoutKeepingItOpenTheInputIsEmpty) {
  ASSERT_TRUE(start({"sh", "-c", "cat; readlink /proc/self/fd/0"}));
  EXPECT_EQ(attach_now().output, "/dev/null\n");
  EXPECT_TRUE(finish(handle_));
}

TEST_F(Monitor, AnotherUserMayReopenItsOutput) {
  spec_.process->user = {.uid = 1000, .gid = 1000};
  ASSERT_TRUE(start({"sh", "-c", "echo again > /proc/self/fd/1; id -u"}));
  const Seen seen = attach_now();
  EXPECT_EQ(seen.output, "again\n1000\n") << seen.errors;
  EXPECT_TRUE(finish(handle_));
}

TEST_F(Monitor, AbsentCommandIs127WithTheWholeError) {
  const auto started = start({"/no/such/command"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().exit_status, 127) << started.error().error.describe();
  EXPECT_EQ(started.error().error.errnum, ENOENT);
  EXPECT_FALSE(started.error().error.steps.empty());
}

TEST_F(Monitor, CommandThatMayNotBeExecutedIs126) {
  ASSERT_EQ(shell("echo x > " + directory_.str() + "/box/rootfs/plain"), 0);
  const auto started = start({"/plain"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().exit_status, 126) << started.error().error.describe();
}

TEST_F(Monitor, BadConfigurationIs125) {
  const auto started = start_with("{\"ociVersion\":");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().exit_status, 125);
  EXPECT_EQ(started.error().error.kind, ErrorKind::Corrupt);
}

TEST_F(Monitor, KilledMonitorTakesItsContainerAlong) {
  const auto started = start({"sleep", "100"});
  ASSERT_TRUE(started) << started.error().error.describe();
  ASSERT_TRUE(kernel::send_signal(handle_.process.pidfd.get(), SIGKILL));
  EXPECT_EQ(MUST(kernel::wait_for(handle_.process.pidfd.get())).signal, SIGKILL);
  EXPECT_TRUE(ends(started->pid));
  const Result<AttachEnd> end = attach(handle_.connection, {.signals = false});
  ASSERT_FALSE(end);
  EXPECT_NE(end.error().hint.find("killed with it"), std::string::npos);
  // What the next isle command does.
  EXPECT_TRUE(runtime::delete_container(request_.run / "containers", request_.id, true));
}

TEST_F(Monitor, TermOfTheMonitorStopsTheContainerItsOwnWay) {
  request_.stop_signal = SIGUSR1;
  ASSERT_TRUE(start({"sh", "-c", "trap 'exit 7' USR1; echo ready; while :; do sleep 0.05; done"}));
  std::vector<char> buffer(kMaxFrame);
  ASSERT_GT(recv(handle_.connection.socket.get(), buffer.data(), buffer.size(), 0), 0);
  ASSERT_TRUE(kernel::send_signal(handle_.process.pidfd.get(), SIGTERM));
  EXPECT_EQ(attach_now().exit.status, 7);
  EXPECT_TRUE(finish(handle_));
}

TEST_F(Monitor, DetachedContainerIsAttachedToAndCleanedUp) {
  request_.keep_stdin_open = true;
  request_.clean_up = {"/bin/sh", "-c", "echo cleaned > " + directory_.str() + "/cleaned"};
  ASSERT_TRUE(start({"sh", "-c", "read word; echo got $word"}));
  handle_.connection.socket.reset();
  usleep(150'000);
  handle_.connection = MUST(connect_monitor(request_.run, request_.id));
  ASSERT_TRUE(await_started(handle_.connection));
  EXPECT_EQ(attach_now("it\n").output, "got it\n");
  EXPECT_TRUE(kernel::wait_for(handle_.process.pidfd.get()));
  EXPECT_EQ(MUST(kernel::read_file(directory_ / "cleaned")), "cleaned\n");
  const auto late = connect_monitor(request_.run, request_.id);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::NotFound);
}

TEST_F(Monitor, TerminalIsTheContainersOwn) {
  spec_.process->terminal = true;
  spec_.process->console_size = oci::Box{.height = 24, .width = 77};
  ASSERT_TRUE(start({"sh", "-c", "stty size; test -t 0 && echo terminal"}));
  const Seen seen = attach_now();
  EXPECT_EQ(seen.output, "24 77\r\nterminal\r\n");
  EXPECT_TRUE(finish(handle_));
}

TEST_F(Monitor, OutOfMemoryIsSaid) {
  spec_.linux_->resources->memory = oci::MemoryResources{.limit = 16 << 20, .swap = 16 << 20};
  const auto started = start({"dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1"});
  if (!started) GTEST_SKIP() << started.error().error.describe();
  const Seen seen = attach_now();
  EXPECT_EQ(seen.exit.status, 137);
  EXPECT_TRUE(seen.exit.oom_killed);
  EXPECT_TRUE(finish(handle_));
}

TEST_F(Monitor, ProcessesOfTheHostsPidNamespaceGoToo) {
  std::erase_if(spec_.linux_->namespaces, [](auto& space) { return space.type == "pid"; });
  ASSERT_TRUE(start({"sh", "-c", "sleep 4321 & echo $!"}));
  const Seen seen = attach_now();
  EXPECT_EQ(seen.exit.error, "");
  EXPECT_TRUE(ends(Pid(atoi(seen.output.c_str())))) << seen.output;
  EXPECT_TRUE(finish(handle_));
}

TEST_F(Monitor, StepsAreTimedWhenAsked) {
  request_.measure = Measure::Json;
  const auto started = start({"echo"});
  ASSERT_TRUE(started);
  EXPECT_TRUE(json::parse(started->plan)) << started->plan;
  attach_now();
  EXPECT_TRUE(finish(handle_));
}

}  // namespace
}  // namespace isle::monitor
