#include "engine/network_filter.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace isle::engine {
namespace {

record::Network made() {
  record::Network network;
  network.name = "backend";
  network.id = "abc123";
  network.driver = "macvlan";
  network.created = 1'000'000;  // of 1970
  network.labels = {{"a", "b"}, {"c", ""}};
  return network;
}

bool passes(std::initializer_list<const char*> texts, bool used = false) {
  std::vector<NetworkFilter> filters;
  for (const char* text : texts) filters.push_back(*parse_network_filter(text));
  return engine::passes(made(), used, filters);
}

TEST(NetworkFilter, EachKeyIsACondition) {
  EXPECT_TRUE(passes({}));
  EXPECT_TRUE(passes({"driver=macvlan", "id=abc", "name=back", "scope=local", "type=custom"}));
  for (const char* text : {"driver=bridge",
                           "id=bc1",
                           "name=front",
                           "scope=swarm",
                           "type=builtin",
                           "until=1970-01-02"}) {
    EXPECT_FALSE(passes({text, "label=a"})) << text;
  }
  EXPECT_TRUE(passes({"until=1971-01-01"}));
}

TEST(NetworkFilter, ValuesOfOneKeyAreAlternativesButLabelsAreNot) {
  EXPECT_TRUE(passes({"name=front", "name=back"}));
  EXPECT_TRUE(passes({"label=a", "label=c"}));
  EXPECT_TRUE(passes({"label=a=b"}));
  EXPECT_FALSE(passes({"label=a", "label=d"}));
  EXPECT_FALSE(passes({"label=a=c"}));
  EXPECT_FALSE(passes({"label!=a"}));
  EXPECT_TRUE(passes({"label!=d"}));
}

TEST(NetworkFilter, DanglingAreThoseWithoutContainers) {
  EXPECT_TRUE(passes({"dangling=true"}));
  EXPECT_FALSE(passes({"dangling=true"}, true));
  EXPECT_TRUE(passes({"dangling=false"}, true));
}

TEST(NetworkFilter, WhatIsNoFilterIsRefused) {
  for (const char* text :
       {"", "name", "name!=a", "odd=1", "dangling=perhaps", "type=x", "until=x"}) {
    EXPECT_FALSE(parse_network_filter(text)) << text;
  }
}

}  // namespace
}  // namespace isle::engine
