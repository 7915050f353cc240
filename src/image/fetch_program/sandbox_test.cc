#include "image/fetch_program/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isle::image {
namespace {

// Runs `body` in a process that is shut in; its exit status.
template <typename Body>
int in_sandbox(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(enter_fetch_sandbox() ? body() : 100);
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

TEST(FetchSandbox, KeepsTheNetworkAndThreads) {
  EXPECT_EQ(in_sandbox([] {
              const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
              int seen = 0;
              std::thread([&seen] { seen = 1; }).join();
              addrinfo* found = nullptr;
              const int looked = getaddrinfo("localhost", "80", nullptr, &found);
              if (socket_fd < 0) return 1;
              if (seen != 1) return 2;
              return looked == 0 ? 0 : 3;
            }),
            0);
}

TEST(FetchSandbox, RefusesTheRest) {
  EXPECT_EQ(in_sandbox([] {
              char* const words[] = {nullptr};
              if (execv("/bin/true", words) == 0 || errno != EPERM) return 1;
              if (fork() >= 0 || errno != EPERM) return 2;
              if (socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != EPERM) return 3;
              if (open("/proc/self/environ", O_RDONLY) >= 0) return 4;
              if (open("/tmp/isle-fetch-test", O_RDWR | O_CREAT, 0600) >= 0) return 5;
              return geteuid() == 0 ? 6 : 0;
            }),
            0);
}

}  // namespace
}  // namespace isle::image
