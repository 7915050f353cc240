#include "image/layer/tar_reader.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/layer/tar_header.h"
#include "image/layer/test_archive.h"

namespace isle::image {
namespace {

// All members with their data, or the first error.
Result<std::vector<std::pair<TarEntry, std::string>>> read_archive(std::string_view bytes) {
  MemorySource source(bytes);
  TarReader reader(source);
  std::vector<std::pair<TarEntry, std::string>> members;
  for (;;) {
    std::optional<TarEntry> entry = TRY(reader.next());
    if (!entry) return members;
    std::string data;
    for (;;) {
      const std::string_view part = TRY(reader.take_data());
      if (part.empty()) break;
      data += part;
    }
    members.emplace_back(std::move(*entry), std::move(data));
  }
}

std::string error_of(std::string_view bytes) {
  const auto members = read_archive(bytes);
  return members ? "(no error)" : members.error().message;
}

TEST(TarReader, OrdinaryMembers) {
  const std::string bytes = TestArchive()
                                .directory("d/", 01777)
                                .file("d/f", std::string(513, 'x'), 04755)
                                .symlink("l", "d/f")
                                .hard_link("h", "d/f")
                                .add({.type = '3', .path = "null", .major = 1, .minor = 3})
                                .add({.type = '6', .path = "fifo", .uid = 7, .gid = 8})
                                .bytes();
  const auto members = MUST(read_archive(bytes));
  ASSERT_EQ(members.size(), 6U);
  EXPECT_EQ(members[0].first.type, TarType::Directory);
  EXPECT_EQ(members[0].first.mode, 01777U);
  EXPECT_EQ(members[1].second, std::string(513, 'x'));
  EXPECT_EQ(members[1].first.mode, 04755U);
  EXPECT_EQ(members[2].first.target, "d/f");
  EXPECT_EQ(members[3].first.type, TarType::HardLink);
  EXPECT_EQ(members[4].first.minor, 3U);
  EXPECT_EQ(members[5].first.gid, 8U);
}

TEST(TarReader, PaxOverridesTheHeader) {
  const std::string longer(300, 'n');
  const std::string bytes = TestArchive()
                                .pax("path", longer)
                                .file("short")
                                .pax("mtime", "-1.25")
                                .file("old")
                                .pax("SCHILY.xattr.user.a", std::string_view("v\0w", 3))
                                .file("x")
                                .bytes();
  const auto members = MUST(read_archive(bytes));
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].first.path, longer);
  EXPECT_EQ(members[1].first.mtime.tv_sec, -2);
  EXPECT_EQ(members[1].first.mtime.tv_nsec, 750'000'000);
  ASSERT_EQ(members[2].first.xattrs.size(), 1U);
  EXPECT_EQ(members[2].first.xattrs[0].second, std::string("v\0w", 3));
}

TEST(TarReader, GnuLongNames) {
  const std::string name(250, 'g');
  const std::string bytes = TestArchive()
                                .add({.type = 'L', .path = "././@LongLink", .data = name + '\0'})
                                .add({.type = 'K', .path = "././@LongLink", .data = name + '\0'})
                                .symlink("short", "short")
                                .bytes();
  const auto members = MUST(read_archive(bytes));
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].first.path, name);
  EXPECT_EQ(members[0].first.target, name);
}

TEST(TarReader, EndMayLackItsZeros) {
  EXPECT_EQ(MUST(read_archive(TestArchive().file("a").unfinished())).size(), 1U);
  EXPECT_EQ(MUST(read_archive("")).size(), 0U);
}

TEST(TarReader, DamageIsCorrupt) {
  const std::string good = TestArchive().file("a", std::string(2000, 'x')).unfinished();
  EXPECT_THAT(error_of(good.substr(0, 100)), testing::HasSubstr("middle of a header"));
  EXPECT_THAT(error_of(good.substr(0, 1000)), testing::HasSubstr("middle of a member"));
  std::string wrong_sum = good;
  wrong_sum[0] = 'b';
  EXPECT_THAT(error_of(wrong_sum), testing::HasSubstr("checksum"));
  EXPECT_THAT(error_of(std::string(512, '\0') + good), testing::HasSubstr("zeros"));
  std::string negative = good.substr(0, 512);
  std::fill_n(negative.begin() + 124, 12, '\xff');
  EXPECT_THAT(error_of(TestArchive::with_sum(negative)), testing::HasSubstr("negative"));
}

TEST(TarReader, HostilePaxIsCorrupt) {
  for (const std::string record : {"5 a=b\n",
                                   "99 a=b\n",
                                   "6 ab c\n",
                                   "0 \n",
                                   "x a=b\n",
                                   " a=b\n",
                                   "18446744073709551616 a=b\n",
                                   "4 =\n"}) {
    EXPECT_FALSE(parse_pax(record)) << record;
  }
  EXPECT_EQ(MUST(parse_pax("6 a=b\n6 a=c\n")).at("a"), "c");
  EXPECT_THAT(error_of(TestArchive().pax("path", std::string_view("a\0b", 3)).file("x").bytes()),
              testing::HasSubstr("NUL"));
  EXPECT_THAT(error_of(TestArchive().pax("size", "-1").file("x").bytes()),
              testing::HasSubstr("size"));
  EXPECT_THAT(error_of(TestArchive().pax("size", "9223372036854775807").file("x").bytes()),
              testing::HasSubstr("tar: "));
  std::string huge(512, '\0');
  huge[156] = 'x';
  TestArchive::octal(huge, 124, 12, 1LL << 30);
  EXPECT_THAT(error_of(TestArchive::with_sum(huge)), testing::HasSubstr("too long"));
}

TEST(TarReader, WhatIsNotSupportedIsNamed) {
  for (const auto& [type, words] : {std::pair('M', "multi-volume"),
                                    std::pair('D', "incremental"),
                                    std::pair('Q', "type \"Q\"")}) {
    const auto members = read_archive(TestArchive().add({.type = type, .path = "m"}).bytes());
    ASSERT_FALSE(members);
    EXPECT_EQ(members.error().kind, ErrorKind::Unsupported);
    EXPECT_THAT(members.error().message, testing::HasSubstr(words));
  }
}

TEST(TarReader, NumbersInBase256) {
  const std::string field("\x80\0\0\0\0\0\0\0\0\0\x01\x02", 12);
  EXPECT_EQ(MUST(parse_tar_number(field, "size")), 258);
  EXPECT_EQ(MUST(parse_tar_number(std::string(12, '\xff'), "mtime")), -1);
  EXPECT_FALSE(parse_tar_number(std::string("\x80") + std::string(11, '\x7f'), "size"));
  EXPECT_EQ(MUST(parse_tar_number(" 17 ", "x")), 15);
  EXPECT_FALSE(parse_tar_number("18", "x"));
}

// Other programs' test archives, when somebody has them at hand. None may hang or crash; these
// must be refused, all others read.
TEST(TarReader, HolesInEveryForm) {
  const auto map_of = [](const TestArchive& archive) {
    std::string words;
    const auto members = read_archive(archive.bytes());
    if (!members) return members.error().message;
    const TarEntry& entry = members->front().first;
    for (const SparsePart& part : entry.sparse->parts) {
      words += std::to_string(part.offset) + "+" + std::to_string(part.size) + " ";
    }
    return words + "of " + std::to_string(entry.sparse->real_size) + " " + entry.path + " " +
           members->front().second;
  };
  EXPECT_EQ(map_of(TestArchive()
                       .pax_records({{"GNU.sparse.size", "100"},
                                     {"GNU.sparse.offset", "10"},
                                     {"GNU.sparse.numbytes", "2"},
                                     {"GNU.sparse.offset", "20"},
                                     {"GNU.sparse.numbytes", "1"}})
                       .file("f", "abc")),
            "10+2 20+1 of 100 f abc");
  EXPECT_EQ(map_of(TestArchive()
                       .pax_records({{"GNU.sparse.size", "100"},
                                     {"GNU.sparse.map", "10,2,20,1"},
                                     {"GNU.sparse.name", "name"}})
                       .file("f", "abc")),
            "10+2 20+1 of 100 name abc");
  std::string text = "2\n10\n2\n20\n1\n";
  text.resize(kTarBlock);
  EXPECT_EQ(map_of(TestArchive()
                       .pax_records({{"GNU.sparse.realsize", "100"},
                                     {"GNU.sparse.major", "1"},
                                     {"path", "d/GNUSparseFile.1/f"},
                                     {"GNU.sparse.name", "d/f"}})
                       .file("f", text + "abc")),
            "10+2 20+1 of 100 d/f abc");
  for (const char* map :
       {"10,2,11,1", "99,3", "10,2,20", "-1,3", "10,3,x,1", "10,9223372036854775807"}) {
    const auto wrong = TestArchive()
                           .pax_records({{"GNU.sparse.size", "100"}, {"GNU.sparse.map", map}})
                           .file("f", "abc");
    EXPECT_THAT(map_of(wrong), testing::HasSubstr("sparse map")) << map;
  }
}

TEST(TarReader, ForeignArchives) {
  const char* named = std::getenv("ISLE_TAR_CASES");
  const std::string directory =
      named != nullptr ? named : ISLE_SOURCE_DIR "/../shared/data/go-archive-tar";
  if (!std::filesystem::exists(directory)) GTEST_SKIP() << "ISLE_TAR_CASES names no directory";
  const std::vector<std::string> refused = {"gnu-incremental",
                                            "issue10968",
                                            "issue11169",
                                            "issue12435",
                                            "neg-size",
                                            "pax-bad-hdr-file",
                                            "pax-bad-mtime-file",
                                            "pax-nul-path",
                                            "pax-nul-xattrs",
                                            "writer-big",
                                            "writer-big-long"};
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".tar") continue;
    std::ifstream file(entry.path());
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const bool expected = std::ranges::find(refused, entry.path().stem().string()) == refused.end();
    EXPECT_EQ(read_archive(bytes).has_value(), expected) << entry.path() << error_of(bytes);
  }
}

}  // namespace
}  // namespace isle::image
