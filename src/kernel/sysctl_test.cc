#include "kernel/sysctl.h"

#include <gtest/gtest.h>

namespace isle::kernel {
namespace {

TEST(Sysctl, EachHasTheNamespaceThatOwnsIt) {
  EXPECT_EQ(sysctl_namespace("net.ipv4.ip_forward"), "network");
  EXPECT_EQ(sysctl_namespace("fs.mqueue.msg_max"), "ipc");
  EXPECT_EQ(sysctl_namespace("kernel.shm_rmid_forced"), "ipc");
  EXPECT_EQ(sysctl_namespace("kernel.domainname"), "uts");
}

TEST(Sysctl, AllOthersAreTheHosts) {
  for (const char* name : {"kernel.core_pattern",
                           "kernel.shm",
                           "vm.swappiness",
                           "fs.mqueue",
                           "net",
                           "network.x",
                           "kernel.hostname2",
                           ""}) {
    EXPECT_EQ(sysctl_namespace(name), "") << name;
  }
}

}  // namespace
}  // namespace isle::kernel
