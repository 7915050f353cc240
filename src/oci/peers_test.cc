// What other runtimes print is read without a complaint.
#include <cstdio>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oci/features.h"
#include "oci/runtime_spec_json.h"

namespace isle::oci {
namespace {

// Standard output of a shell command; empty when it fails.
std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) return {};
  std::string text;
  char piece[4096];
  for (std::size_t n = 0; (n = std::fread(piece, 1, sizeof piece, pipe)) > 0;) {
    text.append(piece, n);
  }
  return pclose(pipe) == 0 ? text : std::string();
}

std::string spec_of(const std::string& program, const std::string& options) {
  return output_of("d=$(mktemp -d) && cd \"$d\" && " + program + " spec " + options +
                   " >/dev/null 2>&1 && cat config.json; s=$?; rm -rf \"$d\"; exit $s");
}

class PeerSpec : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(PeerSpec, IsReadWhole) {
  const auto [program, options] = GetParam();
  const std::string text = spec_of(program, options);
  if (text.empty()) GTEST_SKIP() << program << " is not installed or prints no spec";
  const ReadSpec read = MUST(read_spec(text));
  EXPECT_THAT(read.unknown, testing::IsEmpty());
  const std::string ours = json::write(write_spec(read.spec));
  EXPECT_EQ(json::write(write_spec(MUST(read_spec(ours)).spec)), ours);
  EXPECT_FALSE(read.spec.process->args.empty());
  EXPECT_FALSE(read.spec.linux_->namespaces.empty());
}

INSTANTIATE_TEST_SUITE_P(Peers,
                         PeerSpec,
                         testing::Values(std::pair("runc", ""),
                                         std::pair("runc", "--rootless"),
                                         std::pair("crun", ""),
                                         std::pair("crun", "--rootless")));

TEST(PeerFeatures, RuncIsReadWhole) {
  const std::string text = output_of("runc features 2>/dev/null");
  if (text.empty()) GTEST_SKIP() << "runc is not installed or has no features command";
  const Features features = MUST(read_features(text));
  EXPECT_THAT(features.linux_->namespaces, testing::Contains("pid"));
  EXPECT_TRUE(features.linux_->cgroup->v1.value_or(false));
}

}  // namespace
}  // namespace isle::oci
