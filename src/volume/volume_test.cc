#include "volume/volume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace isle::volume {
namespace {

using testing::HasSubstr;

class VolumesTest : public testing::Test {
 protected:
  static std::string make_directory() {
    char name[] = "/tmp/isle-volumes.XXXXXX";
    return mkdtemp(name);
  }
  ~VolumesTest() override { std::filesystem::remove_all(root_); }
  std::string root_ = make_directory();
  Volumes volumes_{HostPath(root_ + "/volumes")};
};

TEST_F(VolumesTest, ComesBackAsItWasMade) {
  ASSERT_TRUE(volumes_.lock(false));
  ASSERT_TRUE(volumes_.create({.name = "data",
                               .labels = {{"a", "b"}},
                               .options = {{"device", "tmpfs"}, {"type", "tmpfs"}}}));
  const auto back = volumes_.get("data");
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(back->labels.at("a"), "b");
  EXPECT_EQ(back->options.at("type"), "tmpfs");
  EXPECT_GT(back->created, 0);
  EXPECT_TRUE(std::filesystem::is_directory(root_ + "/volumes/data/_data"));
}

TEST_F(VolumesTest, MadeTwiceIsOne) {
  ASSERT_TRUE(volumes_.lock(false));
  const auto first = volumes_.create({.name = "data"});
  ASSERT_TRUE(first);
  EXPECT_TRUE(volumes_.create({.name = "data"}));
  const auto other = volumes_.create({.name = "data", .options = {{"device", "/x"}}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(volumes_.list()->size(), 1U);
}

TEST_F(VolumesTest, RemovedIsGoneWithItsFiles) {
  ASSERT_TRUE(volumes_.lock(true));
  ASSERT_TRUE(volumes_.create({.name = "data"}));
  ASSERT_TRUE(kernel::replace_file(volumes_.data("data") / "file", "x", 0600, false));
  ASSERT_TRUE(volumes_.remove("data"));
  EXPECT_FALSE(volumes_.find("data")->has_value());
  const auto missing = volumes_.get("data");
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(root_ + "/volumes"), {}),
            1);  // the lock
}

TEST_F(VolumesTest, ADamagedRecordIsNamed) {
  ASSERT_TRUE(volumes_.lock(false));
  ASSERT_TRUE(volumes_.create({.name = "data"}));
  ASSERT_TRUE(kernel::replace_file(volumes_.directory("data") / "volume.json", "{", 0600, false));
  const auto found = volumes_.get("data");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().describe(), HasSubstr("volume.json"));
}

TEST(VolumeName, PathsAndHiddenNamesAreRefused) {
  for (const char* bad : {"", "a/b", "..", ".x", "-x", "_x", "lock", "a b"}) {
    EXPECT_FALSE(check_volume_name(bad)) << bad;
  }
  EXPECT_TRUE(check_volume_name("web-data_1.0"));
}

TEST(VolumeOptions, AreThoseOfMount) {
  EXPECT_TRUE(check_volume_options({}));
  EXPECT_TRUE(check_volume_options({{"type", "none"}, {"o", "bind"}, {"device", "/srv"}}));
  EXPECT_FALSE(check_volume_options({{"size", "5"}}));
  EXPECT_FALSE(check_volume_options({{"type", "tmpfs"}}));
}

TEST(VolumeOptions, AShareNeedsTheAddressOfItsServer) {
  const auto check = [](const char* o, const char* device) {
    return check_volume_options({{"type", "nfs"}, {"o", o}, {"device", device}});
  };
  EXPECT_TRUE(check("addr=192.0.2.1,rw", ":/data"));
  EXPECT_TRUE(check("rw,addr=2001:db8::1", "server:/data"));
  EXPECT_FALSE(check("addr=server.example", ":/data"));
  EXPECT_FALSE(check("rw", ":/data"));
  EXPECT_FALSE(check("addr=192.0.2.1", "/data"));
}

}  // namespace
}  // namespace isle::volume
