#include "kernel/seccomp_cache.h"

#include <cstdlib>
#include <cstring>

#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/fd.h"

namespace isle::kernel {
namespace {

SeccompFilter sample() {
  return {.fallback = {.action = SeccompAction::Errno, .data = 1},
          .architectures = {"X86_64", "X86"},
          .flags = 2,
          .rules = {{.names = {"read", "write", "frobnicate"},
                     .outcome = {.action = SeccompAction::Allow, .data = 0},
                     .conditions = {}},
                    {.names = {"ioctl"},
                     .outcome = {.action = SeccompAction::Allow, .data = 0},
                     .conditions = {{.index = 1, .op = SeccompOperator::Equal, .value = 7}}}}};
}

class SeccompCache : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/isle-seccomp-cache-XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    parent_ = HostPath(pattern);
    directory_ = parent_ / "run" / "seccomp";
  }
  void TearDown() override {
    for (const std::string& name : files()) unlink((directory_ / name).c_str());
    rmdir(directory_.c_str());
    rmdir((parent_ / "run").c_str());
    rmdir(parent_.c_str());
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    DIR* stream = opendir(directory_.c_str());
    if (stream == nullptr) return names;
    while (const dirent* entry = readdir(stream)) {
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    closedir(stream);
    return names;
  }
  HostPath only_file() const { return directory_ / files().at(0); }
  bool hit(const SeccompFilter& filter) const {
    return compile_cached(filter, directory_).value().from_cache;
  }

  HostPath parent_;
  HostPath directory_;
};

TEST_F(SeccompCache, SecondTimeIsReadBackTheSame) {
  const auto first = compile_cached(sample(), directory_).value();
  const auto second = compile_cached(sample(), directory_).value();
  EXPECT_FALSE(first.from_cache);
  EXPECT_TRUE(second.from_cache);
  EXPECT_EQ(second.program.flags, 2U);
  EXPECT_EQ(second.program.warnings, first.program.warnings);
  EXPECT_EQ(second.program.warnings.size(), 1U);
  ASSERT_EQ(second.program.instructions.size(), first.program.instructions.size());
  EXPECT_EQ(std::memcmp(second.program.instructions.data(),
                        first.program.instructions.data(),
                        first.program.instructions.size() * sizeof(sock_filter)),
            0);
  struct stat about{};
  ASSERT_EQ(stat(directory_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
  ASSERT_EQ(stat(only_file().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(SeccompCache, AnyDifferenceIsAnotherFilter) {
  ASSERT_FALSE(hit(sample()));
  auto changed = [](auto change) {
    SeccompFilter filter = sample();
    change(filter);
    return filter;
  };
  EXPECT_FALSE(hit(changed([](auto& f) { f.flags = 0; })));
  EXPECT_FALSE(hit(changed([](auto& f) { f.fallback.data = 2; })));
  EXPECT_FALSE(hit(changed([](auto& f) { f.architectures.pop_back(); })));
  EXPECT_FALSE(hit(changed([](auto& f) { f.rules[0].names.pop_back(); })));
  EXPECT_FALSE(hit(changed([](auto& f) { f.rules[1].conditions[0].value = 8; })));
  EXPECT_FALSE(hit(changed([](auto& f) { f.rules[1].conditions[0].value_two = 1; })));
  EXPECT_FALSE(hit(changed([](auto& f) { f.rules[1].outcome.action = SeccompAction::Log; })));
}

TEST_F(SeccompCache, DamagedFilesAreCompiledAnew) {
  ASSERT_FALSE(hit(sample()));
  const HostPath path = only_file();
  const std::string good = read_file(path).value();
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{9}, std::size_t{20}, good.size() / 2, good.size() - 1}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    ASSERT_TRUE(replace_file(path, bad, 0600, false));
    EXPECT_FALSE(hit(sample())) << at;
    EXPECT_EQ(read_file(path).value(), good) << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, good.size() - 1}) {
    ASSERT_TRUE(replace_file(path, good.substr(0, size), 0600, false));
    EXPECT_FALSE(hit(sample())) << size;
  }
  ASSERT_TRUE(replace_file(path, good + "x", 0600, false));
  EXPECT_FALSE(hit(sample()));
  EXPECT_TRUE(hit(sample()));
}

TEST_F(SeccompCache, WhatOthersMayWriteIsNotTrusted) {
  ASSERT_FALSE(hit(sample()));
  ASSERT_EQ(chmod(only_file().c_str(), 0622), 0);
  EXPECT_FALSE(hit(sample()));
  EXPECT_TRUE(hit(sample()));
  ASSERT_EQ(chmod(directory_.c_str(), 0777), 0);
  EXPECT_FALSE(hit(sample()));
  EXPECT_FALSE(hit(sample()));
  ASSERT_EQ(chmod(directory_.c_str(), 0700), 0);
  EXPECT_TRUE(hit(sample()));
}

TEST_F(SeccompCache, SomeoneElsesFileIsNotTrusted) {
  if (geteuid() != 0) GTEST_SKIP() << "giving a file away needs root";
  ASSERT_FALSE(hit(sample()));
  if (chown(only_file().c_str(), 65534, 65534) != 0) GTEST_SKIP() << "chown is refused here";
  EXPECT_FALSE(hit(sample()));
  EXPECT_TRUE(hit(sample()));
}

TEST_F(SeccompCache, LinksAreNotFollowed) {
  ASSERT_FALSE(hit(sample()));
  const HostPath aside = parent_ / "aside";
  ASSERT_EQ(rename(only_file().c_str(), aside.c_str()), 0);
  ASSERT_FALSE(hit(sample()));
  const HostPath path = only_file();
  ASSERT_EQ(unlink(path.c_str()), 0);
  ASSERT_EQ(symlink(aside.c_str(), path.c_str()), 0);
  EXPECT_FALSE(hit(sample()));
  unlink(aside.c_str());
}

TEST_F(SeccompCache, NoDirectoryIsNoError) {
  const HostPath nowhere("/proc/no/such/place");
  EXPECT_FALSE(compile_cached(sample(), nowhere).value().from_cache);
}

TEST_F(SeccompCache, ErrorsOfTheFilterComeThrough) {
  SeccompFilter filter = sample();
  filter.architectures = {"VAX"};
  EXPECT_FALSE(compile_cached(filter, directory_));
}

}  // namespace
}  // namespace isle::kernel
