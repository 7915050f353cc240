#include "image/unpack_program/sandbox.h"

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/fd.h"

namespace isle::image {
namespace {

namespace fs = std::filesystem;

// What a taken-over unpacker would try; the number of the first attempt that works, else 0.
int try_everything(const Sandbox& sandbox, const std::string& outside) {
  constexpr int kWrite = O_WRONLY | O_CREAT;
  if (!kernel::open_at(sandbox.root.get(), "inside", kWrite, 0600)) return 1;  // this must work
  if (kernel::open_file(HostPath(outside), O_RDONLY)) return 2;
  if (kernel::open_file(HostPath("/etc/passwd"), O_RDONLY)) return 3;
  if (kernel::open_at(sandbox.root.get(), "../outside", O_RDONLY)) return 4;
  if (socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0) return 5;
  if (socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0) return 6;
  char* const nothing[] = {nullptr};
  if (execve("/bin/true", nothing, nothing) == 0 || errno != EPERM) return 7;
  if (mount("none", "/", "tmpfs", 0, nullptr) == 0) return 8;
  if (unlink(outside.c_str()) == 0) return 9;
  if (fork() >= 0) return 10;
  return 0;
}

void expect_shut_in(Unpacker who) {
  std::string pattern = (fs::temp_directory_path() / "isle-sandbox-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const fs::path base = pattern;
  fs::create_directory(base / "root");
  const std::string outside = base / "outside";
  MUST(kernel::open_file(HostPath(outside), O_WRONLY | O_CREAT, 0600));
  const pid_t child = fork();
  if (child == 0) {
    const Result<Sandbox> sandbox = enter_sandbox(HostPath(base / "root"), who);
    if (!sandbox) {
      print_error("sandbox_test", sandbox.error());
      _exit(99);
    }
    bool confined = false;
    for (const std::string& wall : sandbox->walls)
      confined |= wall == "mounts" || wall == "landlock";
    _exit(confined ? try_everything(*sandbox, outside) : 98);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(fs::exists(outside));
  EXPECT_TRUE(fs::exists(base / "root/inside") || WEXITSTATUS(status) == 98);
  fs::remove_all(base);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 98) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Sandbox, UserSeesItsDirectoryOnly) { expect_shut_in(Unpacker::User); }

TEST(Sandbox, RootSeesItsDirectoryOnly) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  expect_shut_in(Unpacker::Root);
}

}  // namespace
}  // namespace isle::image
