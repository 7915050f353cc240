#include "image/layer/applier.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "image/layer/test_archive.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

namespace fs = std::filesystem;

class Applier : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "isle-applier-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    root_ = base_ / "root";
    fs::create_directory(root_);
    // What an escape would reach.
    fs::create_directory(base_ / "outside");
    std::ofstream(base_ / "outside" / "file") << "precious";
    old_umask_ = umask(0);
  }
  void TearDown() override {
    umask(old_umask_);
    const kernel::UniqueFd above =
        MUST(kernel::open_file(HostPath(base_.parent_path()), O_RDONLY | O_DIRECTORY));
    EXPECT_TRUE(kernel::remove_tree(above.get(), base_.filename()));
    EXPECT_FALSE(fs::exists(base_));
  }

  Result<ApplyReport> apply(const TestArchive& archive, Unpacker who = Unpacker::User) {
    const std::string bytes = archive.bytes();
    MemorySource source(bytes);
    TarReader reader(source);
    LayerApplier applier(TRY(kernel::open_file(HostPath(root_), O_RDONLY | O_DIRECTORY)), who);
    return applier.run(reader);
  }
  // Refused, and nothing outside the root has changed.
  void expect_refused(const TestArchive& archive, std::string_view words) {
    const Result<ApplyReport> report = apply(archive);
    ASSERT_FALSE(report) << words;
    EXPECT_THAT(report.error().describe(), testing::HasSubstr(words));
    expect_outside_untouched();
  }
  void expect_outside_untouched() const {
    EXPECT_EQ(content(base_ / "outside" / "file"), "precious");
    EXPECT_EQ(std::distance(fs::directory_iterator(base_), {}), 2);
    EXPECT_EQ(std::distance(fs::directory_iterator(base_ / "outside"), {}), 1);
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path);
    return {(std::istreambuf_iterator<char>(file)), {}};
  }
  static struct stat look(const fs::path& path) {
    struct stat found{};
    EXPECT_EQ(lstat(path.c_str(), &found), 0) << path;
    return found;
  }
  static bool is_whiteout(const fs::path& path) {
    return S_ISCHR(look(path).st_mode) && look(path).st_rdev == 0;
  }
  static bool is_opaque(const fs::path& path) {
    char value = 0;
    return getxattr(path.c_str(), "user.overlay.opaque", &value, 1) == 1 && value == 'y';
  }

  fs::path base_, root_;
  mode_t old_umask_ = 0;
};

TEST_F(Applier, FilesModesAndTimes) {
  const ApplyReport report = MUST(apply(TestArchive()
                                            .directory("./", 0750)
                                            .directory("./d", 0555)
                                            .pax("mtime", "5.000000007")
                                            .file("./d/f", "hello", 04711)
                                            .hard_link("h", "d/f")
                                            .symlink("l", "/etc/passwd")
                                            .add({.type = '6', .path = "p", .mode = 0622})));
  EXPECT_EQ(content(root_ / "d/f"), "hello");
  EXPECT_EQ(look(root_ / "d/f").st_mode & 07777, 04711U);
  EXPECT_EQ(look(root_ / "d/f").st_mtim.tv_nsec, 7);
  EXPECT_EQ(look(root_ / "d/f").st_ino, look(root_ / "h").st_ino);
  EXPECT_EQ(look(root_ / "d").st_mode & 07777, 0555U);
  EXPECT_EQ(look(root_ / "d").st_mtim.tv_sec, 1000);
  EXPECT_EQ(look(root_).st_mode & 07777, 0750U);
  EXPECT_EQ(look(root_).st_mtim.tv_sec, 1000);
  EXPECT_EQ(fs::read_symlink(root_ / "l"), "/etc/passwd");
  EXPECT_EQ(look(root_ / "p").st_mode, S_IFIFO | 0622U);
  EXPECT_EQ(report.bytes, 5U);
  EXPECT_THAT(report.implied, testing::IsEmpty());
}

TEST_F(Applier, ImpliedDirectoriesAreReported) {
  const ApplyReport report = MUST(apply(TestArchive().file("a/b/c").directory("a").file("x/y")));
  EXPECT_THAT(report.implied, testing::UnorderedElementsAre("", "a/b", "x"));
  EXPECT_EQ(look(root_ / "x").st_mode & 07777, 0755U);
}

TEST_F(Applier, LaterMembersReplaceEarlierOnes) {
  MUST(apply(TestArchive()
                 .file("a", "1")
                 .file("a", "2")
                 .directory("d")
                 .file("d/x")
                 .file("d", "now a file")
                 .symlink("s", "a")
                 .file("s", "no link any more")
                 .file("e")
                 .directory("e")));
  EXPECT_EQ(content(root_ / "a"), "2");
  EXPECT_EQ(content(root_ / "d"), "now a file");
  EXPECT_FALSE(fs::is_symlink(root_ / "s"));
  EXPECT_TRUE(fs::is_directory(root_ / "e"));
}

TEST_F(Applier, Whiteouts) {
  MUST(apply(TestArchive()
                 .directory("d")
                 .file("d/.wh.gone", "")
                 .file("d/.wh..wh..opq", "")
                 .file(".wh.again", "")
                 .directory("again")
                 .directory("late")
                 .file(".wh.late", "")
                 .file("kept")
                 .file(".wh.kept", "")
                 .file(".wh..wh.plnk", "")));
  EXPECT_TRUE(is_whiteout(root_ / "d/gone"));
  EXPECT_TRUE(is_opaque(root_ / "d"));
  EXPECT_TRUE(is_opaque(root_ / "again"));
  EXPECT_TRUE(is_opaque(root_ / "late"));
  EXPECT_EQ(content(root_ / "kept"), "data");
  EXPECT_FALSE(fs::exists(root_ / ".wh..wh.plnk"));
}

TEST_F(Applier, NothingEscapes) {
  const std::string outside = (base_ / "outside").string();
  expect_refused(TestArchive().file("../outside/file"), "leads upwards");
  expect_refused(TestArchive().file("a/../../outside/file"), "leads upwards");
  expect_refused(TestArchive().symlink("s", outside).file("s/file"), "symbolic link");
  expect_refused(TestArchive().symlink("t", "../outside").file("t/new"), "symbolic link");
  expect_refused(TestArchive().symlink("u", "../outside").directory("u/new"), "symbolic link");
  expect_refused(TestArchive().symlink("v", "../outside").file("v/.wh.file"), "symbolic link");
  expect_refused(TestArchive().symlink("w", "..").hard_link("h", "w/outside/file"),
                 "symbolic link");
  expect_refused(TestArchive().hard_link("h", "../outside/file"), "leads upwards");
  expect_refused(TestArchive().file(".wh..."), "names no file");
  expect_refused(TestArchive().file(".wh.."), "names no file");
  expect_refused(TestArchive().file("."), "root is no directory");
  expect_refused(TestArchive().symlink("/", "/etc"), "root is no directory");
}

TEST_F(Applier, LinksAreReplacedNotFollowed) {
  const std::string outside = (base_ / "outside").string();
  // An absolute name is the layer's; a link at the last place makes room.
  MUST(apply(TestArchive()
                 .symlink("s", outside)
                 .directory("s")
                 .file("s/file")
                 .symlink("f", outside + "/file")
                 .file("f", "inside")
                 .file("/etc/shadow", "the layer's")
                 .symlink("m", outside + "/file")
                 .hard_link("n", "m")
                 .symlink("q", outside)
                 .file(".wh.q", "")));
  EXPECT_FALSE(fs::is_symlink(root_ / "s"));
  EXPECT_EQ(content(root_ / "f"), "inside");
  EXPECT_EQ(content(root_ / "etc/shadow"), "the layer's");
  EXPECT_TRUE(fs::is_symlink(root_ / "n"));
  expect_outside_untouched();
}

TEST_F(Applier, HolesStayHoles) {
  MUST(apply(TestArchive()
                 .pax_records({{"GNU.sparse.size", "100000000"}, {"GNU.sparse.map", "50000000,3"}})
                 .file("f", "abc")));
  EXPECT_EQ(fs::file_size(root_ / "f"), 100'000'000U);
  EXPECT_LT(look(root_ / "f").st_blocks, 1000);
  std::ifstream file(root_ / "f");
  file.seekg(49'999'999);
  std::string part(5, 'x');
  file.read(part.data(), 5);
  EXPECT_EQ(part, std::string("\0abc\0", 5));
}

TEST_F(Applier, LinksToLowerLayersAreReported) {
  const ApplyReport report = MUST(apply(TestArchive()
                                            .hard_link("a/h", "bin/tool")
                                            .hard_link("b", "a/h")
                                            .hard_link("c", "gone")
                                            .file("c")
                                            .hard_link("d/e", "gone")
                                            .directory("d")
                                            .file(".wh.d", "")
                                            .file("x")
                                            .hard_link("y", "x")));
  std::vector<std::string> links;
  for (const ApplyReport::Link& link : report.links) links.push_back(link.path + ">" + link.target);
  EXPECT_THAT(links, testing::ElementsAre("a/h>bin/tool", "b>bin/tool", "d/e>gone"));
  EXPECT_TRUE(fs::exists(root_ / "y"));
}

TEST_F(Applier, ForgedOverlayAttributesAreDropped) {
  const ApplyReport report = MUST(apply(TestArchive()
                                            .pax("SCHILY.xattr.user.overlay.opaque", "y")
                                            .directory("d")
                                            .pax("SCHILY.xattr.trusted.overlay.redirect", "/x")
                                            .directory("e")
                                            .pax("SCHILY.xattr.user.note", "n")
                                            .file("f")));
  EXPECT_FALSE(is_opaque(root_ / "d"));
  EXPECT_EQ(report.attributes_skipped, 2U);
  char value = 0;
  EXPECT_EQ(getxattr((root_ / "f").c_str(), "user.note", &value, 1), 1);
}

TEST_F(Applier, UsersLoseOwnersAndDevices) {
  const ApplyReport report = MUST(apply(TestArchive()
                                            .add({.path = "f", .uid = 5, .gid = 6})
                                            .add({.type = '4', .path = "sda", .major = 8})));
  EXPECT_EQ(report.owners_lost, 1U);
  EXPECT_EQ(report.devices_skipped, 1U);
  EXPECT_FALSE(fs::exists(root_ / "sda"));
  EXPECT_EQ(look(root_ / "f").st_uid, geteuid());
}

TEST_F(Applier, RootGivesFilesAwayAndMakesDevices) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may chown and mknod";
  MUST(apply(TestArchive()
                 .add({.path = "f", .mode = 06755, .uid = 5, .gid = 6})
                 .add({.type = '2', .path = "l", .target = "f", .uid = 7, .gid = 8})
                 .add({.type = '3', .path = "null", .mode = 0666, .major = 1, .minor = 3})
                 .directory("d")
                 .file("d/.wh..wh..opq", ""),
             Unpacker::Root));
  EXPECT_EQ(look(root_ / "f").st_uid, 5U);
  EXPECT_EQ(look(root_ / "f").st_mode & 07777, 06755U);
  EXPECT_EQ(look(root_ / "l").st_gid, 8U);
  EXPECT_EQ(look(root_ / "null").st_mode, S_IFCHR | 0666U);
  char value = 0;
  EXPECT_EQ(getxattr((root_ / "d").c_str(), "trusted.overlay.opaque", &value, 1), 1);
  expect_outside_untouched();
}

// Each in a directory where files are born otherwise: by its set-group-id bit, and by its default
// ACL.
TEST_F(Applier, FilesAreDressedWhereTheyAreBornOtherwise) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may chown";
  ASSERT_EQ(chown(root_.c_str(), 0, 5), 0);
  ASSERT_EQ(chmod(root_.c_str(), 02755), 0);
  // Version 2; the owner rwx, the group and others nothing: acl(5), linux/posix_acl_xattr.h.
  constexpr std::string_view kOnlyOwner(
      "\2\0\0\0\1\0\7\0\xff\xff\xff\xff\4\0\0\0\xff\xff\xff\xff\40\0\0\0\xff\xff\xff\xff", 28);
  MUST(apply(TestArchive()
                 .file("f", "x", 0644)
                 .symlink("l", "f")
                 .pax("SCHILY.xattr.system.posix_acl_default", kOnlyOwner)
                 .directory("acl")
                 .file("acl/g", "x", 0600)
                 .file("acl/h", "x", 0666)
                 .directory("plain", 02775)
                 .file("plain/i", "x", 0666)
                 .add({.path = "plain/j", .mode = 0640, .uid = 5, .gid = 6})
                 .file("plain/k", "x", 04755)
                 .file("plain/i", "again", 0400),
             Unpacker::Root));
  for (const char* name : {"f", "l", "acl/g", "acl/h", "plain/i", "plain/k"}) {
    EXPECT_EQ(look(root_ / name).st_gid, 0U) << name;
  }
  EXPECT_EQ(look(root_ / "f").st_mode & 07777, 0644U);
  EXPECT_EQ(look(root_ / "acl/h").st_mode & 07777, 0666U);
  EXPECT_EQ(look(root_ / "plain").st_mode & 07777, 02775U);
  EXPECT_EQ(look(root_ / "plain/i").st_mode & 07777, 0400U);
  EXPECT_EQ(content(root_ / "plain/i"), "again");
  EXPECT_EQ(look(root_ / "plain/j").st_gid, 6U);
  EXPECT_EQ(look(root_ / "plain/k").st_mode & 07777, 04755U);
}

TEST_F(Applier, OwnersOutOfRangeAreRefused) {
  expect_refused(TestArchive().pax("uid", "4294967295").file("f"), "out of range");
}

}  // namespace
}  // namespace isle::image
