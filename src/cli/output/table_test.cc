#include "cli/output/table.h"

#include <gtest/gtest.h>

#include "cli/output/port_words.h"
#include "cli/output/status_words.h"

namespace isle::cli {
namespace {

TEST(Table, ColumnsLineUp) {
  EXPECT_EQ(table({"A", "LONGER"}, {{"one", "1"}, {"x", "2"}}), "A     LONGER\none   1\nx     2\n");
}

TEST(Table, TheWidestCellsAreCutUntilItFits) {
  const std::string long_cell(40, 'c');
  const std::string wide = table({"ID", "COMMAND", "NAME"}, {{"0123456789ab", long_cell, "web"}});
  EXPECT_NE(wide.find(long_cell), std::string::npos);
  const std::string narrow =
      table({"ID", "COMMAND", "NAME"}, {{"0123456789ab", long_cell, "web"}}, 45);
  // 12 + 3 + 23 + 3 + 4
  EXPECT_NE(narrow.find("0123456789ab   " + std::string(22, 'c') + "\u2026   web\n"),
            std::string::npos)
      << narrow;
}

TEST(Table, NothingIsCutShorterThanAnId) {
  const std::string text = table({"ID", "NAME"}, {{"0123456789ab", "0123456789ab"}}, 10);
  EXPECT_NE(text.find("0123456789ab   0123456789ab\n"), std::string::npos);
}

TEST(Table, CharactersAreCountedNotBytes) {
  EXPECT_EQ(table({"N", "X"}, {{"\u4e2d\u6587", "1"}, {"abc", "2"}}),
            "N     X\n\u4e2d\u6587    1\nabc   2\n");
}

TEST(SpanWords, AreDockers) {
  EXPECT_EQ(span_words(0), "Less than a second");
  EXPECT_EQ(span_words(1), "1 second");
  EXPECT_EQ(span_words(59), "59 seconds");
  EXPECT_EQ(span_words(60), "About a minute");
  EXPECT_EQ(span_words(120), "2 minutes");
  EXPECT_EQ(span_words(3600), "About an hour");
  EXPECT_EQ(span_words(3600 * 2), "2 hours");
  EXPECT_EQ(span_words(3600L * 48), "2 days");
  EXPECT_EQ(span_words(86400L * 14), "2 weeks");
  EXPECT_EQ(span_words(86400L * 60), "2 months");
  EXPECT_EQ(span_words(86400L * 365 * 2), "2 years");
}

engine::Listed running_since(std::int64_t seconds) {
  engine::Listed listed;
  listed.status = runtime::Status::Running;
  listed.state.emplace().created = seconds;
  listed.has_run = true;
  return listed;
}

TEST(StatusWords, OfOneThatRuns) {
  engine::Listed listed = running_since(100);
  EXPECT_EQ(status_words(listed, 280), "Up 3 minutes");
  listed.health = "healthy";
  EXPECT_EQ(status_words(listed, 280), "Up 3 minutes (healthy)");
  listed.health = "starting";
  EXPECT_EQ(status_words(listed, 280), "Up 3 minutes (health: starting)");
  listed.status = runtime::Status::Paused;
  EXPECT_EQ(status_words(listed, 280), "Up 3 minutes (Paused)");
}

TEST(StatusWords, OfOneThatDoesNot) {
  engine::Listed listed;
  EXPECT_EQ(status_words(listed, 280), "Created");
  listed.has_run = true;
  EXPECT_EQ(status_words(listed, 280), "Dead");
  listed.exit = monitor::ExitRecord{.status = 3, .finished_ns = 160'000'000'000};
  EXPECT_EQ(status_words(listed, 280), "Exited (3) 2 minutes ago");
  listed.exit->oom_killed = true;
  EXPECT_EQ(status_words(listed, 280), "Exited (3) 2 minutes ago, out of memory");
  listed.exit->oom_killed = false;
  listed.restarting = true;
  EXPECT_EQ(status_words(listed, 280), "Restarting (3) 2 minutes ago");
}

record::PublishedPort port(const char* address, std::uint16_t host, std::uint16_t inside) {
  return {.protocol = "tcp",
          .host_ip = address,
          .host_port = host,
          .container_ip = "10.0.0.2",
          .container_port = inside};
}

TEST(PortWords, RangesAndAddresses) {
  EXPECT_EQ(port_words({}, {}), "");
  EXPECT_EQ(port_words({port("::", 8080, 80), port("0.0.0.0", 8080, 80)}, {"80/tcp", "53/udp"}),
            "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 53/udp");
  EXPECT_EQ(port_words({port("0.0.0.0", 8002, 82),
                        port("0.0.0.0", 8000, 80),
                        port("0.0.0.0", 8001, 81),
                        port("0.0.0.0", 9000, 83)},
                       {}),
            "0.0.0.0:8000-8002->80-82/tcp, 0.0.0.0:9000->83/tcp");
}

}  // namespace
}  // namespace isle::cli
