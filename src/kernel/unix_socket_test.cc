#include "kernel/unix_socket.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isle::kernel {
namespace {

TEST(UnixSocket, DeepDirectoriesAreNoHindrance) {
  char root[] = "/tmp/isle-socket-XXXXXX";
  ASSERT_NE(mkdtemp(root), nullptr);
  const HostPath deep = HostPath(root) / std::string(120, 'd');
  ASSERT_EQ(mkdir(deep.c_str(), 0700), 0);
  {
    const UniqueFd listener = MUST(listen_at(deep, "a.sock", SOCK_SEQPACKET));
    struct stat info{};
    ASSERT_EQ(stat((deep / "a.sock").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    EXPECT_TRUE(connect_at(deep, "a.sock", SOCK_SEQPACKET));
    EXPECT_EQ(listen_at(deep, "a.sock", SOCK_SEQPACKET).error().errnum, EADDRINUSE);
  }
  EXPECT_EQ(connect_at(deep, "a.sock", SOCK_SEQPACKET).error().kind, ErrorKind::Unavailable);
  unlink((deep / "a.sock").c_str());
  EXPECT_EQ(connect_at(deep, "a.sock", SOCK_SEQPACKET).error().kind, ErrorKind::NotFound);
  rmdir(deep.c_str());
  rmdir(root);
}

}  // namespace
}  // namespace isle::kernel
