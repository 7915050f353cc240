#include "image/archive/docker_archive.h"

#include <gtest/gtest.h>

#include "image/archive/members.h"

namespace isle::image {
namespace {

constexpr const char* kDigest =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

ArchiveMember member() { return {.digest = MUST(oci::Digest::parse(kDigest)), .size = 3}; }

TEST(DockerArchive, ReadsWhatDockerWrites) {
  const auto images = MUST(read_docker_archive(
      R"([{"Config":"a.json","RepoTags":["x:1","y:2"],"Layers":["l/layer.tar"],"Other":1},
          {"Config":"b.json","RepoTags":null,"Layers":null}])"));
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].config, "a.json");
  EXPECT_EQ(images[0].names, (std::vector<std::string>{"x:1", "y:2"}));
  EXPECT_EQ(images[0].layers, std::vector<std::string>{"l/layer.tar"});
  EXPECT_TRUE(images[1].names.empty());
}

TEST(DockerArchive, SaysWhichImageIsWrong) {
  const auto message = [](std::string_view text) {
    const auto images = read_docker_archive(text);
    return images ? "" : images.error().message;
  };
  EXPECT_EQ(message("{}"), "manifest.json: it is no list of images");
  EXPECT_EQ(message("[]"), "manifest.json: it lists 0 images");
  EXPECT_EQ(message("[1]"), "manifest.json: image 1: is no object");
  EXPECT_EQ(message(R"([{"Config":"a"},{"Config":1}])"),
            "manifest.json: image 2: Config names no file");
  EXPECT_EQ(message(R"([{"Config":"a","Layers":[1]}])"),
            "manifest.json: image 1: Layers holds what is no text");
}

TEST(DockerArchive, WrittenAndReadAgain) {
  const std::vector<DockerArchiveImage> images = {
      {.config = "c.json", .names = {"a:b"}, .layers = {"1.tar", "2.tar"}}};
  const auto back = MUST(read_docker_archive(json::write(write_docker_archive(images))));
  EXPECT_EQ(back.at(0).config, "c.json");
  EXPECT_EQ(back.at(0).names, images[0].names);
  EXPECT_EQ(back.at(0).layers, images[0].layers);
}

TEST(ArchiveMembers, LinksLeadToOtherMembers) {
  ArchiveMembers members;
  members.add_file("a/layer.tar", member());
  members.add_link("b/layer.tar", "../a/layer.tar", true);
  members.add_link("c", "a/layer.tar", false);
  members.add_link("d/e", "/b/layer.tar", true);
  for (const char* path : {"a/layer.tar", "./a//layer.tar", "b/layer.tar", "c", "d/e"}) {
    EXPECT_NE(members.find(path), nullptr) << path;
  }
  EXPECT_EQ(members.find("a"), nullptr);
  EXPECT_EQ(members.get("nothing").error().message, "the archive has no file \"nothing\"");
}

TEST(ArchiveMembers, LinksLeadNowhereElse) {
  ArchiveMembers members;
  members.add_link("out", "../../etc/passwd", true);
  members.add_link("loop", "loop", true);
  members.add_link("one", "two", true);
  members.add_link("two", "one", true);
  members.add_file("etc/passwd", member());
  for (const char* path : {"out", "loop", "one", "../etc/passwd"}) {
    EXPECT_EQ(members.find(path), nullptr) << path;
  }
}

TEST(ArchiveMembers, TheLastOfAPathCounts) {
  ArchiveMembers members;
  members.add_link("a", "nothing", true);
  members.add_file("a", member());
  EXPECT_NE(members.find("a"), nullptr);
  members.add_link("a", "nothing", true);
  EXPECT_EQ(members.find("a"), nullptr);
}

}  // namespace
}  // namespace isle::image
