#include "image/fetch_program/url.h"

#include <gtest/gtest.h>

namespace isle::image {
namespace {

TEST(Url, OriginsThatAreTheSame) {
  EXPECT_EQ(origin_of("https://Quay.io/v2/"), origin_of("https://quay.io:443/other?x"));
  EXPECT_EQ(origin_of("http://quay.io"), origin_of("http://quay.io:80/"));
  EXPECT_EQ(origin_of("https://[::1]:5000/v2"), "https://[::1]:5000");
}

TEST(Url, OriginsThatAreNot) {
  EXPECT_NE(origin_of("https://quay.io/"), origin_of("http://quay.io/"));
  EXPECT_NE(origin_of("https://quay.io/"), origin_of("https://quay.io:444/"));
  EXPECT_NE(origin_of("https://quay.io/"), origin_of("https://quay.io.evil.test/"));
  EXPECT_EQ(origin_of("https://quay.io@evil.test/"), "https://evil.test");
  EXPECT_EQ(origin_of("quay.io/v2"), "");
}

TEST(Url, Loopback) {
  for (const char* host :
       {"127.0.0.1:5000", "127.8.9.1", "localhost", "LOCALHOST:1", "[::1]:5000"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"127.0.0.1.evil.test",
                           "127.0.0",
                           "localhost.evil.test",
                           "128.0.0.1",
                           "",
                           "127.0.0.x",
                           "evil.localhost"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(Url, WhatALocationMeans) {
  EXPECT_EQ(resolve_url("https://a.test/v2/x/blobs/1", "/elsewhere?q=1").value(),
            "https://a.test/elsewhere?q=1");
  EXPECT_EQ(resolve_url("https://a.test/v2/", "//b.test/x").value(), "https://b.test/x");
  EXPECT_EQ(resolve_url("https://a.test/v2/", "http://b.test/").value(), "http://b.test/");
  for (const char* bad : {"file:///etc/passwd", "ftp://a.test/", "https://a b/", "gopher://x"}) {
    EXPECT_FALSE(resolve_url("https://a.test/", bad)) << bad;
  }
}

TEST(Url, QueriesAreEscaped) { EXPECT_EQ(escape_query("a/b:c d&é"), "a%2Fb%3Ac%20d%26%C3%A9"); }

}  // namespace
}  // namespace isle::image
