#include "engine/copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isle::engine {
namespace {

using testing::HasSubstr;

std::string land(const End& source, const End& target) {
  const Result<Landing> landing = landing_of(source, target);
  return landing ? landing->directory + " | " + landing->name : landing.error().describe();
}

const End kFile{.path = "/a/file", .exists = true, .is_directory = false};
const End kDirectory{.path = "/a/dir", .exists = true, .is_directory = true};
const End kContent{.path = "/a/dir/.", .exists = true, .is_directory = true};
const End kAbsent{.path = "/b/new", .exists = false, .is_directory = false};

TEST(CopyLanding, OntoADirectoryItKeepsItsName) {
  EXPECT_EQ(land(kFile, {"/b", true, true}), "/b | file");
  EXPECT_EQ(land(kDirectory, {"/b/", true, true}), "/b/ | dir");
  EXPECT_EQ(land({"x", true, false}, {".", true, true}), ". | x");
}

TEST(CopyLanding, OntoNothingItGetsTheName) {
  EXPECT_EQ(land(kFile, kAbsent), "/b | new");
  EXPECT_EQ(land(kDirectory, kAbsent), "/b | new");
  EXPECT_EQ(land(kContent, kAbsent), "/b | new");
  EXPECT_EQ(land(kDirectory, {"/new/", false, false}), "/ | new");
  EXPECT_EQ(land(kFile, {"new", false, false}), ". | new");
}

TEST(CopyLanding, ContentGoesIntoTheDirectoryItself) {
  EXPECT_EQ(land(kContent, {"/b", true, true}), "/b | ");
  EXPECT_EQ(land({".", true, true}, {"/b", true, true}), "/b | ");
}

TEST(CopyLanding, OverAFileOnlyAFile) {
  EXPECT_EQ(land(kFile, {"/b/old", true, false}), "/b | old");
  EXPECT_THAT(land(kDirectory, {"/b/old", true, false}), HasSubstr("\"/b/old\" is a file"));
}

TEST(CopyLanding, ASlashWantsADirectory) {
  EXPECT_THAT(land(kFile, {"/b/new/", false, false}), HasSubstr("\"/b/new/\" does not exist"));
}

}  // namespace
}  // namespace isle::engine
