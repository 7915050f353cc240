// The small parsers of the distribution protocol.
#include <gtest/gtest.h>

#include "image/fetch_program/authorizer.h"
#include "image/fetch_program/blob.h"
#include "image/fetch_program/lists.h"
#include "image/fetch_program/status.h"
#include "image/fetch_program/upload.h"

namespace isle::image {
namespace {

HttpResponse partial(int status, const char* range) {
  HttpResponse response;
  response.status = status;
  if (range != nullptr) response.headers = {{"content-range", range}};
  return response;
}

TEST(BodyStart, RangesThatWereAskedFor) {
  EXPECT_EQ(body_start(partial(206, "bytes 100-199/200"), 100).value(), 100U);
  EXPECT_EQ(body_start(partial(206, "bytes 0-1/*"), 0).value(), 0U);
  EXPECT_EQ(body_start(partial(200, nullptr), 100).value(), 0U);
}

TEST(BodyStart, RangesThatWereNot) {
  for (const char* range : {"bytes 99-199/200", "bytes */200", "100-199/200", "bytes -100", ""}) {
    EXPECT_FALSE(body_start(partial(206, range), 100)) << range;
  }
  EXPECT_FALSE(body_start(partial(206, nullptr), 100));
}

TEST(NextPage, Links) {
  EXPECT_EQ(next_page("</v2/_catalog?last=b&n=2>; rel=\"next\""), "/v2/_catalog?last=b&n=2");
  EXPECT_EQ(next_page("<x>; rel=prev"), "");
  EXPECT_EQ(next_page("rel=\"next\""), "");
  EXPECT_EQ(next_page("> < rel=\"next\""), "");
  EXPECT_EQ(next_page(""), "");
}

TEST(BytesTaken, Ranges) {
  EXPECT_EQ(bytes_taken("0-99"), 100U);
  EXPECT_EQ(bytes_taken("bytes=0-99"), 100U);
  EXPECT_EQ(bytes_taken("0-0"), 0U);
  EXPECT_EQ(bytes_taken("what"), 0U);
}

TEST(TokenRequest, ByNameAndPassword) {
  const Challenge challenge{
      .scheme = "bearer",
      .parameters = {{"realm", "https://auth.test/token?x=1"}, {"service", "a service"}}};
  const auto request =
      token_request(challenge, {"repository:a/b:pull"}, {.user = "joe", .password = "secret"});
  EXPECT_EQ(request->url,
            "https://auth.test/token?x=1&service=a%20service&scope=repository%3Aa%2Fb%3Apull"
            "&account=joe");
  EXPECT_EQ(request->authorization, "Basic am9lOnNlY3JldA==");
  EXPECT_EQ(token_request(challenge, {}, {})->authorization, "");
}

TEST(TokenRequest, ByIdentityToken) {
  const Challenge challenge{.scheme = "bearer",
                            .parameters = {{"realm", "https://auth.test/token"}, {"scope", "s"}}};
  Credentials credentials;
  credentials.identity_token = "t&t";
  const auto request = token_request(challenge, {}, credentials);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->upload->text,
            "grant_type=refresh_token&client_id=isle&service=&refresh_token=t%26t&scope=s");
  EXPECT_EQ(request->authorization, "");
}

TEST(TokenRequest, RealmsThatAreNoAddress) {
  for (const char* realm : {"", "file:///etc/passwd", "ftp://x/"}) {
    EXPECT_FALSE(token_request({.scheme = "bearer", .parameters = {{"realm", realm}}}, {}, {}))
        << realm;
  }
}

TEST(StatusError, TheRegistrysOwnWords) {
  HttpResponse response;
  response.status = 403;
  response.url = "https://r.test/v2/x?secret=1";
  response.body = R"({"errors":[{"code":"DENIED","message":"not you"}]})";
  const Error error = status_error("GET", response);
  EXPECT_EQ(error.kind, ErrorKind::Denied);
  EXPECT_EQ(error.describe(),
            "GET https://r.test/v2/x: 403 Forbidden, the registry says: \"DENIED: not you\"");
  response.body = "<html>";
  EXPECT_EQ(status_error("GET", response).describe(), "GET https://r.test/v2/x: 403 Forbidden");
}

}  // namespace
}  // namespace isle::image
