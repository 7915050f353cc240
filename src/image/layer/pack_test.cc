#include "image/layer/pack.h"

#include <filesystem>
#include <fstream>
#include <functional>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "image/layer/applier.h"
#include "image/layer/byte_source.h"
#include "image/layer/compare.h"
#include "image/layer/tar_reader.h"

namespace isle::image {
namespace {

namespace fs = std::filesystem;

std::vector<TarEntry> entries_of(const std::string& archive) {
  MemorySource source(archive);
  TarReader reader(source);
  std::vector<TarEntry> entries;
  while (const std::optional<TarEntry> entry = MUST(reader.next())) entries.push_back(*entry);
  return entries;
}

std::vector<std::string> paths_of(const std::string& archive) {
  std::vector<std::string> paths;
  for (const TarEntry& entry : entries_of(archive)) paths.push_back(entry.path);
  return paths;
}

TarEntry through(TarEntry entry) {
  MemorySink sink;
  TarWriter writer(sink);
  MUST(writer.add_file(entry, std::string(static_cast<std::size_t>(entry.size), 'x')));
  MUST(writer.end());
  EXPECT_EQ(sink.bytes().size() % 512, 0U);
  const auto entries = entries_of(sink.bytes());
  EXPECT_EQ(entries.size(), 1U);
  return entries.at(0);
}

TEST(TarWriter, WhatUstarHoldsNeedsNoPax) {
  MemorySink sink;
  TarWriter writer(sink);
  TarEntry entry;
  entry.path = "usr/bin/" + std::string(90, 'a') + "/" + std::string(60, 'b');
  entry.mode = 04755;
  entry.uid = 2097151;
  entry.mtime = {.tv_sec = 1234567890, .tv_nsec = 0};
  MUST(writer.add_file(entry, "hello"));
  MUST(writer.end());
  EXPECT_EQ(sink.bytes().size(), 4U * 512);  // header, data, two of zeros
  const TarEntry back = entries_of(sink.bytes()).at(0);
  EXPECT_EQ(back.path, entry.path);
  EXPECT_EQ(back.mode, 04755U);
  EXPECT_EQ(back.uid, 2097151U);
  EXPECT_EQ(back.mtime.tv_sec, 1234567890);
  EXPECT_EQ(back.size, 5);
}

TEST(TarWriter, PaxHoldsTheRest) {
  TarEntry entry;
  entry.path = std::string(300, 'n');
  entry.uid = 4'000'000'000;
  entry.gid = 2097152;
  entry.mtime = {.tv_sec = -2, .tv_nsec = 500'000'000};
  entry.xattrs = {{"security.capability", std::string("\1\0\0\2\n=", 6)}, {"user.a", ""}};
  const TarEntry back = through(entry);
  EXPECT_EQ(back.path, entry.path);
  EXPECT_EQ(back.uid, entry.uid);
  EXPECT_EQ(back.gid, entry.gid);
  EXPECT_EQ(back.mtime.tv_sec, -2);
  EXPECT_EQ(back.mtime.tv_nsec, 500'000'000);
  EXPECT_EQ(back.xattrs, entry.xattrs);
}

TEST(TarWriter, LongLinksDirectoriesAndSizes) {
  TarEntry link;
  link.type = TarType::Symlink;
  link.path = "l";
  link.target = std::string(200, 't');
  EXPECT_EQ(through(link).target, link.target);
  TarEntry directory;
  directory.type = TarType::Directory;
  directory.path = std::string(120, 'd') + "/";
  EXPECT_EQ(through(directory).path, directory.path);
  TarEntry big;
  big.path = "big";
  big.size = std::int64_t{9} << 30;
  MemorySink sink;
  TarWriter writer(sink);
  MUST(writer.add(big));
  MemorySource source(sink.bytes());
  TarReader reader(source);
  EXPECT_EQ(MUST(reader.next())->size, big.size);
}

TEST(TarWriter, DataIsCounted) {
  MemorySink sink;
  TarWriter writer(sink);
  TarEntry entry;
  entry.path = "a";
  entry.size = 2;
  MUST(writer.add(entry));
  EXPECT_FALSE(writer.data("abc"));
  MUST(writer.data("a"));
  EXPECT_FALSE(writer.end());
}

class Trees : public testing::Test {
 protected:
  void SetUp() override {
    umask(0);
    std::string pattern = (fs::temp_directory_path() / "isle-pack-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
  }
  void TearDown() override { fs::remove_all(base_); }

  static void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static void white_out(const fs::path& path) {
    fs::create_directories(path.parent_path());
    ASSERT_EQ(mknod(path.c_str(), S_IFCHR, makedev(0, 0)), 0);
  }
  static void make_opaque(const fs::path& path) {
    fs::create_directories(path);
    ASSERT_EQ(setxattr(path.c_str(), "user.overlay.opaque", "y", 1, 0), 0);
  }
  int open_tree(const fs::path& path) {
    opened_.push_back(MUST(kernel::open_file(HostPath(path), O_RDONLY | O_DIRECTORY)));
    return opened_.back().get();
  }
  static std::string pack(PackRequest request) {
    MemorySink sink;
    MUST(Packer(request, sink).run());
    return sink.bytes();
  }

  fs::path base_;
  std::vector<kernel::UniqueFd> opened_;
};

TEST_F(Trees, UnpackedAndPackedAgainIsTheSame) {
  const fs::path root = base_ / "root";
  write(root / "etc/passwd", "root:x:0:0");
  write(root / std::string(120, 'a') / std::string(200, 'b'), "deep");
  write(root / "empty", "");
  fs::create_hard_link(root / "etc/passwd", root / "etc/passwd-");
  fs::create_symlink("../etc/passwd", root / "etc/link");
  ASSERT_EQ(mkfifo((root / "fifo").c_str(), 0640), 0);
  ASSERT_EQ(setxattr((root / "empty").c_str(), "user.note", "x\0y", 3, 0), 0);
  const timespec times[2] = {{.tv_sec = 5, .tv_nsec = 1}, {.tv_sec = 7, .tv_nsec = 123456789}};
  ASSERT_EQ(utimensat(AT_FDCWD, (root / "empty").c_str(), times, 0), 0);
  const PackRequest request{.roots = {open_tree(root)}, .to_root = true};
  const std::string first = pack(request);
  EXPECT_EQ(first, pack(request));

  fs::create_directory(base_ / "again");
  MemorySource source(first);
  TarReader reader(source);
  LayerApplier applier(MUST(kernel::open_file(HostPath(base_ / "again"), O_RDONLY | O_DIRECTORY)),
                       Unpacker::User);
  MUST(applier.run(reader));
  EXPECT_EQ(pack({.roots = {open_tree(base_ / "again")}, .to_root = true}), first);
}

TEST_F(Trees, MembersAreSortedAndHardLinksTold) {
  write(base_ / "r/b", "1");
  write(base_ / "r/a/z", "2");
  fs::create_hard_link(base_ / "r/a/z", base_ / "r/c");
  const std::string archive = pack({.roots = {open_tree(base_ / "r")}});
  EXPECT_EQ(paths_of(archive), (std::vector<std::string>{"./", "a/", "a/z", "b", "c"}));
  const TarEntry link = entries_of(archive).at(4);
  EXPECT_EQ(link.type, TarType::HardLink);
  EXPECT_EQ(link.target, "a/z");
}

TEST_F(Trees, IdsOfTheTopmostRootAreMapped) {
  write(base_ / "r/a", "1");
  const uid_t me = geteuid();
  PackRequest request{.roots = {open_tree(base_ / "r")}};
  request.uids = {{.inside = 1000, .outside = me, .count = 1}};
  EXPECT_EQ(entries_of(pack(request)).at(1).uid, 1000U);
  request.uids = {{.inside = 0, .outside = me + 1, .count = 10}};
  EXPECT_EQ(entries_of(pack(request)).at(1).uid, 65534U);
}

TEST_F(Trees, ALayerTellsWhatWasRemoved) {
  white_out(base_ / "up/etc/gone");
  make_opaque(base_ / "up/opt");
  write(base_ / "up/opt/new", "1");
  const std::string archive = pack({.roots = {open_tree(base_ / "up")}, .layer = true});
  EXPECT_EQ(
      paths_of(archive),
      (std::vector<std::string>{"etc/", "etc/.wh.gone", "opt/", "opt/.wh..wh..opq", "opt/new"}));
}

TEST_F(Trees, ALayerHoldsNoFileThatLooksLikeAWhiteout) {
  write(base_ / "up/.wh.trap", "1");
  MemorySink sink;
  const PackRequest request{.roots = {open_tree(base_ / "up")}, .layer = true};
  EXPECT_EQ(Packer(request, sink).run().error().kind, ErrorKind::Unsupported);
}

TEST_F(Trees, MergedAsOverlayShowsThem) {
  write(base_ / "low/etc/keep", "1");
  write(base_ / "low/etc/gone", "1");
  write(base_ / "low/opt/hidden", "1");
  write(base_ / "low/var/file/below", "1");
  write(base_ / "low/same", "old");
  white_out(base_ / "up/etc/gone");
  make_opaque(base_ / "up/opt");
  write(base_ / "up/opt/new", "1");
  write(base_ / "up/var/file", "a file where a directory was");
  write(base_ / "up/same", "new one");
  const PackRequest request{.roots = {open_tree(base_ / "up"), open_tree(base_ / "low")}};
  const std::string archive = pack(request);
  EXPECT_EQ(paths_of(archive),
            (std::vector<std::string>{
                "./", "etc/", "etc/keep", "opt/", "opt/new", "same", "var/", "var/file"}));
  EXPECT_NE(archive.find("new one"), std::string::npos);
}

std::string words(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) {
    text += std::string(1, static_cast<char>(change.kind)) + " " + change.path + "\n";
  }
  return text;
}

TEST_F(Trees, CompareTellsAddedChangedDeleted) {
  write(base_ / "low/etc/keep", "1");
  write(base_ / "low/etc/gone", "1");
  write(base_ / "low/etc/mode", "1");
  write(base_ / "low/usr/bin/tool", "1");
  write(base_ / "low/opt/x/y", "1");
  white_out(base_ / "up/etc/gone");
  write(base_ / "up/etc/mode", "changed");
  write(base_ / "up/new/deep/file", "1");
  make_opaque(base_ / "up/opt");
  const int low = open_tree(base_ / "low");
  const auto changes = MUST(compare_trees({low}, {open_tree(base_ / "up"), low}));
  EXPECT_EQ(words(changes),
            "C /etc\nD /etc/gone\nC /etc/mode\nA /new\nA /new/deep\nA /new/deep/file\n"
            "C /opt\nD /opt/x\n");
  EXPECT_EQ(words(MUST(compare_trees({low}, {low}))), "");
}

TEST_F(Trees, CompareOfKindsThatChanged) {
  write(base_ / "a/one", "1");
  fs::create_directories(base_ / "a/two/below");
  fs::create_symlink("x", base_ / "a/three");
  write(base_ / "b/one/now/directory", "1");
  write(base_ / "b/two", "now a file");
  fs::create_symlink("y", base_ / "b/three");
  EXPECT_EQ(words(MUST(compare_trees({open_tree(base_ / "a")}, {open_tree(base_ / "b")}))),
            "C /one\nA /one/now\nA /one/now/directory\nC /three\nC /two\n");
}

}  // namespace
}  // namespace isle::image
