#include "image/credentials.h"

#include <gtest/gtest.h>

namespace isle::image {
namespace {

std::optional<Credentials> find(const char* document,
                                std::string_view domain,
                                std::string_view repository = "a/b") {
  return find_in(json::parse(document).value(), domain, repository).value();
}

TEST(Credentials, NearestEntryCounts) {
  constexpr const char* kDocument = R"({"auths":{"quay.io":{"auth":"YTph"},
    "quay.io/a":{"auth":"Yjpi"}, "quay.io/a/b/c":{"auth":"Yzpj"}}})";
  EXPECT_EQ(find(kDocument, "quay.io", "a/b")->user, "b");
  EXPECT_EQ(find(kDocument, "quay.io", "a/b/c")->user, "c");
  EXPECT_EQ(find(kDocument, "quay.io", "other")->user, "a");
  EXPECT_EQ(find(kDocument, "quay.io", "")->user, "a");
  EXPECT_FALSE(find(kDocument, "quay.iox"));
}

TEST(Credentials, DockersOldAddressesAreRead) {
  EXPECT_EQ(find(R"({"auths":{"https://index.docker.io/v1/":{"auth":"YTpi"}}})", "docker.io")->user,
            "a");
  EXPECT_EQ(find(R"({"auths":{"http://127.0.0.1:5000/v2/":{"auth":"YTpi"}}})", "127.0.0.1:5000")
                ->password,
            "b");
}

TEST(Credentials, PasswordsMayHaveColons) {
  const auto found = find(R"({"auths":{"r.io":{"auth":"YTpiOmM="}}})", "r.io");
  EXPECT_EQ(found->user, "a");
  EXPECT_EQ(found->password, "b:c");
}

TEST(Credentials, TokensInsteadOfPasswords) {
  EXPECT_EQ(find(R"({"auths":{"r.io":{"identitytoken":"t"}}})", "r.io")->identity_token, "t");
  EXPECT_EQ(find(R"({"auths":{"r.io":{"registrytoken":"t"}}})", "r.io")->registry_token, "t");
}

TEST(Credentials, EmptyAndDamagedEntries) {
  EXPECT_FALSE(find(R"({"auths":{"r.io":{}}})", "r.io"));
  EXPECT_FALSE(find(R"({"auths":[]})", "r.io"));
  EXPECT_FALSE(find("{}", "r.io"));
  const auto damaged =
      find_in(json::parse(R"({"auths":{"r.io":{"auth":"!"}}})").value(), "r.io", "");
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().message.find("\"r.io\""), std::string::npos);
}

TEST(Credentials, OwnHelperBeforeTheOneForAll) {
  const json::Value document =
      json::parse(R"({"credsStore":"all","credHelpers":{"r.io":"one"}})").value();
  EXPECT_EQ(helper_for(document, "r.io"), "one");
  EXPECT_EQ(helper_for(document, "other.io"), "all");
  EXPECT_EQ(helper_for(json::Value(), "r.io"), "");
}

TEST(Credentials, TheRestOfTheDocumentStays) {
  json::Value document =
      json::parse(R"({"proxies":{"a":1},"auths":{"r.io":{"auth":"x"}}})").value();
  put_into(document, "s.io", {.user = "joe", .password = "secret"});
  EXPECT_EQ(
      json::write(document),
      R"({"proxies":{"a":1},"auths":{"r.io":{"auth":"x"},"s.io":{"auth":"am9lOnNlY3JldA=="}}})");
  EXPECT_TRUE(take_from(document, "r.io"));
  EXPECT_FALSE(take_from(document, "r.io"));
  json::Value empty;
  put_into(empty, "r.io", {.user = "a", .password = "b"});
  EXPECT_EQ(find_in(empty, "r.io", "").value()->user, "a");
}

TEST(Credentials, CredsOfTheCommandLine) {
  EXPECT_EQ(parse_creds("joe:a:b")->password, "a:b");
  EXPECT_FALSE(parse_creds("joe"));
  EXPECT_FALSE(parse_creds(":secret"));
}

}  // namespace
}  // namespace isle::image
