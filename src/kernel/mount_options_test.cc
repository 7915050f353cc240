#include "kernel/mount_options.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "kernel/kernel_abi.h"

namespace isle::kernel {
namespace {

// A MountOptions in one line: what a table of expectations can be read by.
std::string words_of(const MountAttributes& attributes) {
  std::string text = attribute_words(attributes.set);
  std::uint64_t clear = attributes.clear;
  if ((clear & MOUNT_ATTR__ATIME) == MOUNT_ATTR__ATIME) {
    clear &= ~std::uint64_t{MOUNT_ATTR__ATIME};
    text += " -atime";
  }
  if (clear != 0) text += " -" + attribute_words(clear);
  return text;
}

std::string words_of(const std::vector<MountParameter>& parameters) {
  std::string text;
  for (const auto& [key, value] : parameters) {
    text += " " + key + (value ? "=" + *value : std::string());
  }
  return text;
}

std::string describe(const MountOptions& options) {
  std::string text;
  if (!options.attributes.empty()) text += " set:" + words_of(options.attributes);
  if (!options.recursive.empty()) text += " tree:" + words_of(options.recursive);
  if (options.bind) text += options.recursive_bind ? " rbind" : " bind";
  if (options.remount) text += " remount";
  if (options.copy_up) text += " copyup";
  if (options.id_mapping == MountIdMap::Mount) text += " idmap";
  if (options.id_mapping == MountIdMap::Tree) text += " ridmap";
  for (const auto& change : options.propagation) {
    text += " " + std::string(propagation_word(change));
  }
  if (options.read_only) text += *options.read_only ? " [ro]" : " [rw]";
  if (!options.superblock.empty()) text += " super:" + words_of(options.superblock);
  if (!options.data.empty()) text += " data:" + words_of(options.data);
  return std::string(trim(text));
}

struct Row {
  std::vector<std::string> words;
  std::string expected;
};

class MountOptionsTable : public testing::TestWithParam<Row> {};

TEST_P(MountOptionsTable, Parses) {
  const auto options = parse_mount_options(GetParam().words);
  ASSERT_TRUE(options) << options.error().describe();
  EXPECT_EQ(describe(*options), GetParam().expected) << join(GetParam().words, " ");
}

const Row kRows[] = {
    {{}, ""},
    {{"defaults"}, ""},
    {{""}, ""},
    {{"ro"}, "set:ro [ro]"},
    {{"rw"}, "set: -ro [rw]"},
    {{"ro", "rw"}, "set: -ro [rw]"},
    {{"rw", "ro"}, "set:ro [ro]"},
    {{"nosuid"}, "set:nosuid"},
    {{"suid"}, "set: -nosuid"},
    {{"nodev"}, "set:nodev"},
    {{"dev"}, "set: -nodev"},
    {{"noexec"}, "set:noexec"},
    {{"exec"}, "set: -noexec"},
    {{"nosymfollow"}, "set:nosymfollow"},
    {{"symfollow"}, "set: -nosymfollow"},
    {{"nodiratime"}, "set:nodiratime"},
    {{"diratime"}, "set: -nodiratime"},
    {{"noatime"}, "set:noatime -atime"},
    {{"atime"}, "set: -atime"},
    {{"relatime"}, "set: -atime"},
    {{"norelatime"}, ""},
    {{"strictatime"}, "set:strictatime -atime"},
    {{"nostrictatime"}, "set: -atime"},
    {{"noatime", "strictatime"}, "set:strictatime -atime"},
    {{"noatime", "atime"}, "set: -atime"},
    {{"strictatime", "atime"}, "set:strictatime -atime"},
    {{"noatime", "relatime"}, "set: -atime"},
    {{"nosuid", "noexec", "nodev"}, "set:nosuid,nodev,noexec"},
    {{"rro"}, "tree:ro"},
    {{"rrw"}, "tree: -ro"},
    {{"rnosuid"}, "tree:nosuid"},
    {{"rsuid"}, "tree: -nosuid"},
    {{"rnodev"}, "tree:nodev"},
    {{"rdev"}, "tree: -nodev"},
    {{"rnoexec"}, "tree:noexec"},
    {{"rexec"}, "tree: -noexec"},
    {{"rnosymfollow"}, "tree:nosymfollow"},
    {{"rsymfollow"}, "tree: -nosymfollow"},
    {{"rnodiratime"}, "tree:nodiratime"},
    {{"rdiratime"}, "tree: -nodiratime"},
    {{"rnoatime"}, "tree:noatime -atime"},
    {{"ratime"}, "tree: -atime"},
    {{"rrelatime"}, "tree: -atime"},
    {{"rnorelatime"}, ""},
    {{"rstrictatime"}, "tree:strictatime -atime"},
    {{"rnostrictatime"}, "tree: -atime"},
    {{"bind"}, "bind"},
    {{"rbind"}, "rbind"},
    {{"rbind", "rprivate", "rro"}, "tree:ro rbind rprivate"},
    {{"remount"}, "remount"},
    {{"shared"}, "shared"},
    {{"rshared"}, "rshared"},
    {{"slave"}, "slave"},
    {{"rslave"}, "rslave"},
    {{"private"}, "private"},
    {{"rprivate"}, "rprivate"},
    {{"unbindable"}, "unbindable"},
    {{"runbindable"}, "runbindable"},
    {{"slave", "shared"}, "slave shared"},
    {{"tmpcopyup"}, "copyup"},
    {{"idmap"}, "idmap"},
    {{"ridmap"}, "ridmap"},
    {{"sync"}, "super: sync"},
    {{"sync", "async"}, "super: async"},
    {{"dirsync", "lazytime"}, "super: dirsync lazytime"},
    {{"lazytime", "nolazytime"}, "super: nolazytime"},
    {{"silent", "loud", "mand", "nomand", "iversion", "noiversion"}, ""},
    {{"mode=755", "size=65536k"}, "data: mode=755 size=65536k"},
    {{"nosuid,mode=755,size=64k"}, "set:nosuid data: mode=755 size=64k"},
    {{"newinstance", "ptmxmode=0666"}, "data: newinstance ptmxmode=0666"},
    {{"context=\"system_u:object_r:f_t:s0:c1,c2\""},
     "data: context=\"system_u:object_r:f_t:s0:c1,c2\""},
    {{"upperdir=/a\\,b,workdir=/w"}, "data: upperdir=/a\\,b workdir=/w"},
    {{"lowerdir=a=b"}, "data: lowerdir=a=b"},
    {{"index=", "xino"}, "data: index= xino"},
};
INSTANTIATE_TEST_SUITE_P(, MountOptionsTable, testing::ValuesIn(kRows));

TEST(MountOptions, WordsOfFstabAreRefusedByName) {
  for (const char* word : {"noauto",
                           "user",
                           "_netdev",
                           "nofail",
                           "x-systemd.automount",
                           "X-mount.mkdir=0755",
                           "comment=hello",
                           "loop",
                           "move"}) {
    const auto options = parse_mount_options({"ro", word});
    ASSERT_FALSE(options) << word;
    EXPECT_EQ(options.error().kind, ErrorKind::InvalidArgument);
    EXPECT_EQ(options.error().message,
              format("mount option \"{}\" means nothing to the kernel", word));
  }
}

TEST(MountOptions, EmptyNamesAreRefused) {
  for (const char* word : {"=5", "ro,,rw"}) {
    EXPECT_FALSE(parse_mount_options({word})) << word;
  }
}

TEST(MountOptions, AttributeWords) {
  EXPECT_EQ(attribute_words(0), "");
  EXPECT_EQ(attribute_words(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME), "ro,noatime");
  EXPECT_EQ(attribute_words(MOUNT_ATTR_NOSUID | 0x40000000), "nosuid,0x40000000");
}

TEST(MountOptions, PropagationWordsOfOthersAreNone) {
  EXPECT_FALSE(parse_propagation("rbind"));
  EXPECT_FALSE(parse_propagation(""));
  EXPECT_EQ(parse_propagation("rslave"), (PropagationChange{.flag = MS_SLAVE, .recursive = true}));
}

TEST(MountOptions, APartOfTheSourceIsAPathBeneathIt) {
  const auto options = parse_mount_options({"rbind", "X-mount.subdir=/a/b"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->subdirectory, "a/b");
  EXPECT_TRUE(options->data.empty());
  for (const char* word : {"X-mount.subdir=", "X-mount.subdir=/", "X-mount.subdir=a/../b"}) {
    EXPECT_FALSE(parse_mount_options({word})) << word;
  }
}

}  // namespace
}  // namespace isle::kernel
