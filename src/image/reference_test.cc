#include "image/reference.h"

#include <gtest/gtest.h>

namespace isle::image {
namespace {

const std::string kDigest = "@sha256:" + std::string(64, 'b');

TEST(Reference, IsNormalised) {
  const struct {
    std::string written, full, familiar;
  } table[] = {
      {"busybox", "docker.io/library/busybox:latest", "busybox:latest"},
      {"busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36"},
      {"user/app", "docker.io/user/app:latest", "user/app:latest"},
      {"docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest"},
      {"index.docker.io/a/b:c", "docker.io/a/b:c", "a/b:c"},
      {"localhost/a", "localhost/a:latest", "localhost/a:latest"},
      {"localhost:5000/a:B_1.x", "localhost:5000/a:B_1.x", "localhost:5000/a:B_1.x"},
      {"quay.io/a/b/c", "quay.io/a/b/c:latest", "quay.io/a/b/c:latest"},
      {"[::1]:5000/a", "[::1]:5000/a:latest", "[::1]:5000/a:latest"},
      {"Host/a", "Host/a:latest", "Host/a:latest"},
      {"a" + kDigest, "docker.io/library/a" + kDigest, "a" + kDigest},
      {"a:t" + kDigest, "docker.io/library/a:t" + kDigest, "a:t" + kDigest},
      {"a__b/c.d/e---f", "docker.io/a__b/c.d/e---f:latest", "a__b/c.d/e---f:latest"},
  };
  for (const auto& row : table) {
    const Result<Reference> reference = Reference::parse(row.written);
    ASSERT_TRUE(reference) << row.written << ": " << reference.error().describe();
    EXPECT_EQ(reference->str(), row.full);
    EXPECT_EQ(reference->familiar(), row.familiar);
    EXPECT_EQ(MUST(Reference::parse(reference->str())), *reference);
  }
}

TEST(Reference, WhatIsNoName) {
  const std::string table[] = {"",
                               ":tag",
                               "a:",
                               "A",
                               "a/B",
                               "a//b",
                               "/a",
                               "a/",
                               "a_-b",
                               "a___b",
                               "a..b",
                               "-a",
                               "a-",
                               "a b",
                               "a@sha256:x",
                               "a@",
                               "../a",
                               "a/../b",
                               "a:.t",
                               "a:" + std::string(129, 't'),
                               std::string(64, 'a'),
                               "a\nb",
                               "h:x/a",
                               "[::1/a",
                               std::string(256, 'a'),
                               "a.b:5000/"};
  for (const std::string& text : table) {
    const Result<Reference> reference = Reference::parse(text);
    ASSERT_FALSE(reference) << text;
    EXPECT_EQ(reference.error().kind, ErrorKind::InvalidArgument) << text;
  }
}

TEST(Reference, ShortFormsMeanTheSame) {
  for (const char* text : {"docker.io/a.b/c",
                           "docker.io/localhost/c",
                           "docker.io/library/a/b",
                           "docker.io/library/a.b/c",
                           "docker.io/library/library",
                           "docker.io/a/b"}) {
    const Reference reference = MUST(Reference::parse(text));
    EXPECT_EQ(MUST(Reference::parse(reference.familiar())), reference) << reference.familiar();
  }
}

}  // namespace
}  // namespace isle::image
