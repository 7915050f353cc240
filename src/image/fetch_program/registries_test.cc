#include "image/fetch_program/registries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isle::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Registries parse(const char* text) { return parse_registries(text, "file").value(); }
std::string complaint(const char* text) {
  return parse_registries(text, "file").error().describe();
}

constexpr const char* kDocument = R"(
unqualified-search-registries = ["quay.io", "docker.io"]
short-name-mode = "permissive"
credential-helpers = ["containers-auth.json", "pass"]
[[registry]]
prefix = "example.com/team"
location = "internal.test/mirror/team"
insecure = true
[[registry.mirror]]
location = "one.test"
[[registry.mirror]]
location = "two.test/x"
insecure = true
pull-from-mirror = "tag-only"
[[registry]]
location = "example.com"
mirror-by-digest-only = true
[[registry.mirror]]
location = "three.test"
[[registry]]
prefix = "*.wild.test"
blocked = true
[aliases]
busybox = "docker.io/library/busybox"
)";

TEST(Registries, AllThatAFileCanSay) {
  const Registries registries = parse(kDocument);
  EXPECT_THAT(*registries.search, ElementsAre("quay.io", "docker.io"));
  EXPECT_THAT(*registries.credential_helpers, ElementsAre("containers-auth.json", "pass"));
  ASSERT_EQ(registries.entries.size(), 3U);
  const RegistryEntry& team = registries.entries[0];
  EXPECT_TRUE(team.insecure);
  ASSERT_EQ(team.mirrors.size(), 2U);
  EXPECT_EQ(team.mirrors[0].use, MirrorUse::All);
  EXPECT_EQ(team.mirrors[1].use, MirrorUse::TagOnly);
  EXPECT_EQ(registries.entries[1].prefix, "example.com");
  EXPECT_EQ(registries.entries[1].mirrors[0].use, MirrorUse::DigestOnly);
  EXPECT_TRUE(registries.entries[2].blocked);
  EXPECT_TRUE(registries.warnings.empty());
}

TEST(Registries, TheLongestPrefixCounts) {
  const Registries registries = parse(kDocument);
  EXPECT_EQ(find_entry(registries, "example.com/team/box")->prefix, "example.com/team");
  EXPECT_EQ(find_entry(registries, "example.com/teams/box")->prefix, "example.com");
  EXPECT_EQ(find_entry(registries, "a.b.wild.test/box")->prefix, "*.wild.test");
  EXPECT_EQ(find_entry(registries, "wild.test/box"), nullptr);
  EXPECT_EQ(find_entry(registries, "example.com.evil.test/box"), nullptr);
  EXPECT_EQ(find_entry(registries, "example.com:5000/box"), nullptr);
}

TEST(Registries, LocationsStandForPrefixes) {
  const Registries registries = parse(kDocument);
  const RegistryEntry& team = registries.entries[0];
  EXPECT_EQ(relocate(team, team.location, "example.com/team/box"), "internal.test/mirror/team/box");
  EXPECT_EQ(relocate(team, "one.test", "example.com/team/box"), "one.test/box");
  const RegistryEntry& wild = registries.entries[2];
  EXPECT_EQ(relocate(wild, "", "a.wild.test/box"), "a.wild.test/box");
  EXPECT_EQ(relocate(wild, "home.test", "a.wild.test/box"), "home.test/box");
}

TEST(Registries, LaterFilesGoBefore) {
  Registries base = parse(kDocument);
  merge(base, parse(R"(unqualified-search-registries = []
[[registry]]
location = "example.com"
blocked = true
[aliases]
busybox = "quay.io/mine/box"
)"));
  EXPECT_TRUE(base.search->empty());
  EXPECT_EQ(base.entries.size(), 3U);
  EXPECT_TRUE(find_entry(base, "example.com/x")->blocked);
  EXPECT_TRUE(find_entry(base, "example.com/x")->mirrors.empty());
  EXPECT_EQ(base.aliases["busybox"], "quay.io/mine/box");
  EXPECT_EQ(base.short_name_mode, "permissive");
}

TEST(Registries, MeaningsOfShortNames) {
  const Registries registries = parse(kDocument);
  EXPECT_THAT(meanings(registries, "busybox:1.36").value(),
              ElementsAre("docker.io/library/busybox:1.36"));
  EXPECT_THAT(meanings(registries, "me/box@sha256:00").value(),
              ElementsAre("quay.io/me/box@sha256:00", "docker.io/me/box@sha256:00"));
  EXPECT_THAT(meanings(registries, "localhost/box").value(), ElementsAre("localhost/box"));
  EXPECT_THAT(meanings(registries, "host:5000/box").value(), ElementsAre("host:5000/box"));
  EXPECT_THAT(meanings(Registries(), "box").value(), ElementsAre("docker.io/box"));
}

TEST(Registries, ComplaintsNameFileAndLine) {
  EXPECT_THAT(complaint("a = 1\nb = = 2"), HasSubstr("\"file\", line 2"));
  EXPECT_THAT(complaint("[[registry]]\ninsecure = true"), HasSubstr("\"location\" is not there"));
  EXPECT_THAT(complaint("[[registry]]\nlocation = \"a\"\ninsecure = 1"),
              HasSubstr("line 3: \"insecure\" is not true or false"));
  EXPECT_THAT(complaint("unqualified-search-registries = \"a\""), HasSubstr("a list of texts"));
  EXPECT_THAT(complaint("registry = 5"), HasSubstr("a list of tables"));
  EXPECT_THAT(complaint("[registries.search]\nregistries = []"), HasSubstr("version 1"));
  EXPECT_THAT(parse("colour = 1").warnings, ElementsAre(HasSubstr("\"colour\"")));
}

}  // namespace
}  // namespace isle::image
