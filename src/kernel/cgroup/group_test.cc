#include "kernel/cgroup/group.h"

#include <csignal>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "kernel/cgroup/group_tree.h"
#include "kernel/cgroup/stats.h"

namespace isle::kernel::cgroup {
namespace {

constexpr ControllerSet kUsual = {Controller::Devices,
                                  Controller::Pids,
                                  Controller::Memory,
                                  Controller::Freezer,
                                  Controller::Cpuacct,
                                  Controller::Cpu};

TEST(GroupPath, IsNormalised) {
  EXPECT_EQ(check_group_path("/isle//ab/").value(), "/isle/ab");
  EXPECT_EQ(check_group_path("isle/ab").value(), "/isle/ab");
  EXPECT_EQ(check_group_path("a..b/...").value(), "/a..b/...");
}

TEST(GroupPath, LeadsNeverOutOfTheTree) {
  for (const char* path : {"", "/", "//", "..", "/isle/../..", "../x", "a/./b", "a\nb", "a/.."}) {
    EXPECT_FALSE(check_group_path(path)) << path;
  }
  EXPECT_FALSE(check_group_path(std::string(256, 'x')));
}

TEST(GroupLevels, AreBelowTheMount) {
  EXPECT_EQ(levels("/m", "/m/a/b"), (std::vector<std::string>{"/m/a", "/m/a/b"}));
  EXPECT_TRUE(levels("/m", "/m").empty());
}

Layout hybrid() {
  Layout layout;
  layout.hierarchies.push_back({.version = Version::V1,
                                .mount = "/c/memory",
                                .mount_root = "/",
                                .own_path = "/",
                                .controllers = {Controller::Memory}});
  layout.hierarchies.push_back({.version = Version::V2,
                                .mount = "/c/unified",
                                .mount_root = "/",
                                .own_path = "/",
                                .controllers = {Controller::Hugetlb}});
  return layout;
}

TEST(Group, DirectoriesAreKnownBeforeItIsMadeAndEnoughToReopen) {
  const Layout layout = hybrid();
  const Group group =
      Group::at(layout, "isle/1", {Controller::Memory, Controller::Hugetlb, Controller::Pids})
          .value();
  const std::vector<std::string> expected = {"/c/memory/isle/1", "/c/unified/isle/1"};
  EXPECT_EQ(group.directories(), expected);
  const Group again = Group::reopen(layout, {expected[0], expected[1], "/elsewhere/isle/1"});
  EXPECT_EQ(again.directories(), expected);
  ASSERT_NE(again.v2_directory(), nullptr);
  EXPECT_EQ(*again.v2_directory(), expected[1]);
  EXPECT_EQ(again.directory(Controller::Pids), nullptr);
}

TEST(Group, JoinsOnlyHierarchiesOfWhatIsWanted) {
  const Group group = Group::at(hybrid(), "/x", {Controller::Memory}).value();
  EXPECT_EQ(group.directories(), std::vector<std::string>{"/c/memory/x"});
}

bool access_of(const char* path) { return open_file(HostPath(path), O_RDONLY).has_value(); }

// A real group under the root of each hierarchy, removed whatever happens.
class RealGroup : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    layout_ = detect_layout().value();
    if (layout_.kind() == "none") GTEST_SKIP() << "no control groups are mounted";
    parent_ = format("/isle-test-{}", getpid());
    group_.emplace(Group::at(layout_, parent_ + "/one", kUsual).value());
    if (access(group_->directories().front().substr(0, 14).c_str(), W_OK) != 0) {
      group_.reset();
      GTEST_SKIP() << "control groups are read-only here";
    }
  }
  void TearDown() override {
    if (!group_) return;
    group_->kill_all();
    for (const pid_t pid : started_) waitpid(pid, nullptr, 0);
    const auto removed = group_->remove();
    EXPECT_TRUE(removed) << removed.error().describe();
    group_->remove_empty_parents(1);
    for (const std::string& directory : group_->directories()) {
      EXPECT_NE(access(directory.c_str(), F_OK), 0) << directory;
    }
  }
  void create(const Group::CreateOptions& options = {}) {
    const auto created = group_->create(options);
    ASSERT_TRUE(created) << created.error().describe();
  }
  template <typename Work>
  Pid start(Work work) {
    const pid_t pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      work();
      _exit(0);
    }
    started_.push_back(pid);
    return Pid{pid};
  }
  // One that has stopped itself, to be moved into the group and then let go.
  template <typename Work>
  Pid start_stopped(Work work) {
    const Pid pid = start([&work] {
      raise(SIGSTOP);
      work();
    });
    int status = 0;
    EXPECT_EQ(waitpid(pid.value, &status, WUNTRACED), pid.value);
    EXPECT_TRUE(WIFSTOPPED(status));
    return pid;
  }
  Pid start_sleeper() {
    return start([] {
      for (;;) pause();
    });
  }
  Layout layout_;
  std::string parent_;
  std::optional<Group> group_;
  std::vector<pid_t> started_;
};

TEST_F(RealGroup, IsMadeJoinedListedAndRemoved) {
  create({.required = {Controller::Pids}});
  const Pid pid = start_sleeper();
  const auto attached = group_->attach(pid, Group::Part::Both);
  ASSERT_TRUE(attached) << attached.error().describe();
  EXPECT_EQ(group_->processes().value(), std::vector<Pid>{pid});
  ASSERT_TRUE(group_->write(Controller::Pids, "pids.max", "7"));
  EXPECT_EQ(group_->read(Controller::Pids, "pids.max").value(), "7\n");
  EXPECT_EQ(group_->read(Controller::Pids, "pids.nothing").value(), std::nullopt);
}

TEST_F(RealGroup, ASecondCreateIsAConflictNamingTheProcess) {
  create();
  create();  // empty: taken over
  const Pid pid = start_sleeper();
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  const auto again = group_->create({});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::Conflict);
  EXPECT_NE(again.error().message.find(std::to_string(pid.value)), std::string::npos);
  EXPECT_TRUE(group_->create({.join_existing = true}));
}

TEST_F(RealGroup, ClonesIntoV2) {
  create();
  const int fd = group_->clone_fd().value();
  EXPECT_EQ(fd >= 0, group_->v2_directory() != nullptr);
}

// The rights that count are those of the one who opened them.
TEST_F(RealGroup, IsJoinedThroughItsDoorsByOneWithoutRights) {
  create();
  if (group_->directories().size() == (group_->v2_directory() == nullptr ? 0U : 1U)) {
    GTEST_SKIP() << "no v1 hierarchy";
  }
  const auto doors = group_->open_doors();
  ASSERT_TRUE(doors) << doors.error().describe();
  const Pid pid = start_stopped([&doors] {
    if (setresuid(65534, 65534, 65534) != 0) _exit(1);
    for (const Group::Door& door : *doors) {
      if (write(door.tasks.get(), "0", 1) != 1) _exit(1);
    }
    for (;;) pause();
  });
  EXPECT_EQ(group_->processes().value(), std::vector<Pid>{});
  kill(pid.value, SIGCONT);
  for (const std::string& directory : group_->directories()) {
    if (group_->v2_directory() != nullptr && directory == *group_->v2_directory()) continue;
    const auto joined = [&directory] { return read_file(HostPath(directory + "/tasks")).value(); };
    for (int tries = 0; tries < 200 && joined().empty(); ++tries) usleep(10'000);
    EXPECT_EQ(joined(), std::to_string(pid.value) + "\n") << directory;
  }
}

TEST_F(RealGroup, FreezesThawsAndIsKilledWhileFrozen) {
  if (!layout_.has(Controller::Freezer)) GTEST_SKIP() << "no freezer";
  create();
  const Pid pid = start_sleeper();
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  EXPECT_FALSE(group_->frozen().value());
  ASSERT_TRUE(group_->freeze());
  EXPECT_TRUE(group_->frozen().value());
  ASSERT_TRUE(group_->thaw());
  EXPECT_FALSE(group_->frozen().value());
  ASSERT_TRUE(group_->freeze());
  const auto killed = group_->kill_all();
  EXPECT_TRUE(killed) << killed.error().describe();
  EXPECT_TRUE(group_->processes().value().empty());
  const auto occupied = group_->create({});
  EXPECT_TRUE(occupied || layout_.on_v2(Controller::Freezer));
  ASSERT_TRUE(group_->thaw());
}

TEST_F(RealGroup, AForkBombIsKilled) {
  create({.required = {Controller::Pids}});
  ASSERT_TRUE(group_->write(Controller::Pids, "pids.max", "200"));
  const Pid pid = start_stopped([] {
    for (;;) {
      if (fork() < 0) usleep(100);
    }
  });
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  kill(pid.value, SIGCONT);
  usleep(50'000);
  const auto killed = group_->kill_all(Timeout(5'000));
  EXPECT_TRUE(killed) << killed.error().describe();
  EXPECT_TRUE(group_->processes().value().empty());
}

TEST_F(RealGroup, RemovalTakesNestedGroupsAndNamesWhatIsLeft) {
  create();
  const std::string nested = group_->directories().front() + "/inner";
  ASSERT_EQ(mkdir(nested.c_str(), 0755), 0);
  const Pid pid = start_sleeper();
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  const auto busy = group_->remove(Timeout(5));
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().kind, ErrorKind::Conflict);
  EXPECT_NE(busy.error().message.find(std::to_string(pid.value)), std::string::npos)
      << busy.error().message;
  EXPECT_NE(access(nested.c_str(), F_OK), 0);
}

TEST_F(RealGroup, RefusedWriteNamesControllerFileValueAndWhatToDo) {
  create({.required = {Controller::Pids}});
  const auto refused = group_->write(Controller::Pids, "pids.max", "many");
  ASSERT_FALSE(refused);
  const std::string text = refused.error().describe();
  for (const char* part : {"pids.max", "pids control group", "\"many\"", "EINVAL"}) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
  EXPECT_FALSE(refused.error().hint.empty());
}

TEST_F(RealGroup, AnOptionalWriteMayFindNoFile) {
  create({.required = {Controller::Pids}});
  Write write{.controller = Controller::Pids, .file = "pids.none", .value = "1", .why = "test"};
  EXPECT_FALSE(group_->apply(write));
  write.optional = true;
  EXPECT_EQ(group_->apply(write).value(), false);
  write.else_file = "pids.max";
  write.else_value = "9";
  EXPECT_EQ(group_->apply(write).value(), true);
  EXPECT_EQ(group_->read(Controller::Pids, "pids.max").value(), "9\n");
}

TEST_F(RealGroup, CpusetStartsWithTheParents) {
  if (!layout_.has(Controller::Cpuset)) GTEST_SKIP() << "no cpuset controller";
  group_.emplace(Group::at(layout_, parent_ + "/one", {Controller::Cpuset}).value());
  create({.required = {Controller::Cpuset}});
  const Pid pid = start_sleeper();
  const auto attached = group_->attach(pid, Group::Part::Both);
  EXPECT_TRUE(attached) << attached.error().describe();
  EXPECT_TRUE(group_->write(Controller::Cpuset, "cpuset.cpus", "0"));
}

TEST_F(RealGroup, AV2ParentWithProcessesIsRefusedAtOnce) {
  if (!layout_.on_v2(Controller::Pids)) GTEST_SKIP() << "needs cgroup v2";
  create({.required = {Controller::Pids}});
  const Pid pid = start_sleeper();
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  Group below = Group::at(layout_, parent_ + "/one/two", {Controller::Pids}).value();
  const auto refused = below.create({.required = {Controller::Pids}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("has 1 processes"), std::string::npos)
      << refused.error().describe();
  EXPECT_NE(access(below.directories().front().c_str(), F_OK), 0);
  EXPECT_TRUE(below.create({})) << "not required: goes on without";
  ASSERT_TRUE(below.remove());
}

TEST_F(RealGroup, DevicesAreDeniedAndAllowedAndReplaced) {
  create();
  const Pid pid = start_stopped([] {
    for (;;) {
      const bool null = access_of("/dev/null");
      const bool zero = access_of("/dev/zero");
      if (!null && zero) _exit(10);
      usleep(1000);
    }
  });
  const auto restricted = [this](std::uint32_t minor) {
    return group_->restrict_devices(
        device_policy({{.allow = true, .type = 'c', .major = 1, .minor = minor}}).value());
  };
  const auto first = restricted(3);
  ASSERT_TRUE(first) << first.error().describe();
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  const auto second = restricted(5);
  ASSERT_TRUE(second) << second.error().describe();
  kill(pid.value, SIGCONT);
  int status = 0;
  for (int round = 0; round < 200 && waitpid(pid.value, &status, WNOHANG) == 0; ++round) {
    usleep(10'000);
  }
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 10);
}

TEST_F(RealGroup, StatsCountWhatWasUsed) {
  create({.required = {Controller::Pids, Controller::Memory}});
  ASSERT_TRUE(group_->write(Controller::Pids, "pids.max", "1"));
  const Pid pid = start_stopped([] {
    static_cast<void>(fork());  // refused
    std::vector<char> memory(8 << 20, 'x');
    for (unsigned i = 0; i < 20'000; ++i) getppid();
    _exit(memory[5] == 'x' ? 0 : 1);
  });
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  kill(pid.value, SIGCONT);
  waitpid(pid.value, nullptr, 0);
  started_.clear();
  const auto stats = read_stats(*group_);
  ASSERT_TRUE(stats) << stats.error().describe();
  ASSERT_TRUE(stats->memory && stats->cpu && stats->pids);
  EXPECT_EQ(stats->memory->oom_kills, 0U);
  EXPECT_EQ(stats->memory->limit, std::nullopt);
  EXPECT_GT(stats->memory->peak.value_or(9U << 20), 8U << 20);
  EXPECT_GT(stats->cpu->usage, 1'000'000U);
  EXPECT_EQ(stats->pids->limit, 1U);
  EXPECT_EQ(stats->pids->current, 0U);
  EXPECT_EQ(stats->pids->limit_hits, 1U);
}

TEST_F(RealGroup, AKillForLackOfMemoryIsCounted) {
  create({.required = {Controller::Memory}});
  const char* file = layout_.on_v2(Controller::Memory) ? "memory.max" : "memory.limit_in_bytes";
  ASSERT_TRUE(group_->write(Controller::Memory, file, "4194304"));
  const Pid pid = start_stopped([] {
    for (std::vector<char> memory(1 << 20, 'x');; memory.resize(memory.size() * 2, 'y')) continue;
  });
  static_cast<void>(group_->apply({.controller = Controller::Memory,
                                   .file = "memory.swap.max",
                                   .value = "0",
                                   .why = "no swap",
                                   .optional = true}));
  ASSERT_TRUE(group_->attach(pid, Group::Part::Both));
  kill(pid.value, SIGCONT);
  int status = 0;
  waitpid(pid.value, &status, 0);
  started_.clear();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(read_oom_kills(*group_).value(), 1U);
  EXPECT_GT(read_memory(*group_).value()->limit_hits.value(), 0U);
}

TEST_F(RealGroup, DelegationGivesTheFilesToTheUser) {
  create();
  const auto given = group_->delegate_to(Uid{12345}, Gid{12345});
  if (group_->v2_directory() == nullptr) {
    EXPECT_FALSE(given);
    return;
  }
  ASSERT_TRUE(given) << given.error().describe();
  struct stat info{};
  ASSERT_EQ(stat((*group_->v2_directory() + "/cgroup.procs").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 12345U);
}

}  // namespace
}  // namespace isle::kernel::cgroup
