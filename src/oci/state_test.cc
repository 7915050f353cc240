#include "oci/state.h"

#include <gtest/gtest.h>

#include "oci/features.h"

namespace isle::oci {
namespace {

std::string normal(std::string_view text) { return json::write(MUST(json::parse(text))); }

TEST(State, RoundTrip) {
  const std::string text = normal(
      R"({"ociVersion":"1.2.1","id":"web","status":"running","pid":42,"bundle":"/b",
          "rootfs":"/b/rootfs","created":"2024-01-01T00:00:00Z","owner":"root",
          "annotations":{"k":"v"}})");
  EXPECT_EQ(json::write(write_state(MUST(read_state(text)))), text);
}

TEST(State, StoppedHasNoPid) {
  State state;
  state.id = "web";
  state.status = "stopped";
  state.bundle = "/b";
  EXPECT_EQ(json::write(write_state(state)),
            R"({"ociVersion":"1.3.0","id":"web","status":"stopped","bundle":"/b"})");
}

TEST(State, StatusIsOneOfTheFive) {
  const Result<State> state =
      read_state(R"({"ociVersion":"1.2.1","id":"a","status":"asleep","bundle":"/b"})");
  ASSERT_FALSE(state);
  EXPECT_TRUE(state.error().message.starts_with("status: \"asleep\" is none of creating"));
}

TEST(Features, RoundTrip) {
  const std::string text = normal(
      R"({"ociVersionMin":"1.0.0","ociVersionMax":"1.3.0","hooks":["poststop"],
          "mountOptions":["ro"],
          "linux":{"namespaces":["pid"],"capabilities":["CAP_KILL"],
            "cgroup":{"v1":true,"v2":true,"systemd":false,"systemdUser":false,"rdma":false},
            "seccomp":{"enabled":true,"actions":["SCMP_ACT_ALLOW"],"operators":["SCMP_CMP_EQ"],
              "archs":["SCMP_ARCH_X86_64"],"knownFlags":["SECCOMP_FILTER_FLAG_LOG"],
              "supportedFlags":["SECCOMP_FILTER_FLAG_LOG"]},
            "apparmor":{"enabled":false},"selinux":{"enabled":false},
            "intelRdt":{"enabled":false,"schemata":false,"monitoring":false},
            "memoryPolicy":{"modes":["MPOL_BIND"],"flags":["MPOL_F_STATIC_NODES"]},
            "mountExtensions":{"idmap":{"enabled":true}},"netDevices":{"enabled":false}},
          "annotations":{"a":"b"},"potentiallyUnsafeConfigAnnotations":["x."]})");
  EXPECT_EQ(json::write(write_features(MUST(read_features(text)))), text);
}

}  // namespace
}  // namespace isle::oci
