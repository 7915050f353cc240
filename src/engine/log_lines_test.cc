#include "engine/log_lines.h"

#include <gtest/gtest.h>

#include "monitor/log_attributes.h"
#include "record/event.h"

namespace isle::engine {
namespace {

TEST(LogLines, JsonFile) {
  const auto line = MUST(parse_json_file_line(
      R"({"log":"out\n","stream":"stderr","attrs":{"a":"b"},"time":"2025-01-31T12:00:00.5Z"})"));
  EXPECT_EQ(line.stream, 2);
  EXPECT_EQ(line.text, "out\n");
  EXPECT_EQ(line.attributes.at("a"), "b");
  EXPECT_EQ(line.time_ns, 1'738'324'800'500'000'000);
  for (const char* wrong : {"",
                            "{",
                            "{}",
                            R"({"log":"x","stream":"other","time":"2025-01-31T12:00:00Z"})",
                            R"({"log":"x","stream":"stdout","time":"soon"})"}) {
    EXPECT_FALSE(parse_json_file_line(wrong)) << wrong;
  }
}

TEST(LogLines, K8sFile) {
  const auto whole = MUST(parse_k8s_file_line("2025-01-31T12:00:00.5Z stdout F a b"));
  EXPECT_EQ(whole.stream, 1);
  EXPECT_EQ(whole.text, "a b\n");
  EXPECT_EQ(MUST(parse_k8s_file_line("2025-01-31T12:00:00Z stderr P part")).text, "part");
  for (const char* wrong : {"",
                            "2025-01-31T12:00:00Z stdout X a",
                            "2025-01-31T12:00:00Z other F a",
                            "soon stdout F a",
                            "2025-01-31T12:00:00Z stdout"}) {
    EXPECT_FALSE(parse_k8s_file_line(wrong)) << wrong;
  }
}

TEST(Events, WhatIsWrittenIsRead) {
  const record::Event event{.time_ns = 5,
                            .type = "container",
                            .action = "die",
                            .id = "ab",
                            .attributes = {{"exitCode", "1"}, {"name", "a \"b\"\n"}}};
  const auto read = MUST(record::read_event(record::write_event(event)));
  EXPECT_EQ(read.time_ns, 5);
  EXPECT_EQ(read.action, "die");
  EXPECT_EQ(read.attributes, event.attributes);
  for (const char* wrong : {"", "{}", R"({"time_ns":"5","type":"a","action":"b"})"}) {
    EXPECT_FALSE(record::read_event(wrong)) << wrong;
  }
}

record::Container container_with(oci::StringMap options) {
  record::Container container;
  container.id = std::string(64, 'a');
  container.name = "web";
  container.labels = {{"team", "a"}, {"other", "b"}};
  container.process.env = {"STAGE=test", "MORE=x"};
  container.life.log.options = std::move(options);
  return container;
}

TEST(LogAttributes, TagLabelsAndVariables) {
  EXPECT_EQ(MUST(monitor::log_tag(container_with({}))), std::string(12, 'a'));
  EXPECT_EQ(MUST(monitor::log_tag(container_with({{"tag", "{{.Name}}-{{ .ID }}!"}}))),
            "web-aaaaaaaaaaaa!");
  EXPECT_EQ(MUST(monitor::log_tag(container_with({{"tag", "open {{.Name"}}))), "open {{.Name");
  EXPECT_FALSE(monitor::log_tag(container_with({{"tag", "{{.Colour}}"}})));
  const auto attributes =
      MUST(monitor::log_attributes(container_with({{"labels", "team,none"}, {"env", "STAGE"}})));
  EXPECT_EQ(attributes, (oci::StringMap{{"STAGE", "test"}, {"team", "a"}}));
}

}  // namespace
}  // namespace isle::engine
