#include "image/config_change.h"

#include <gtest/gtest.h>

namespace isle::image {
namespace {

oci::ImageRun changed(std::initializer_list<std::string_view> changes) {
  oci::ImageRun run;
  for (const std::string_view change : changes) MUST(apply_change(run, change));
  return run;
}

TEST(ConfigChange, CommandsInBothForms) {
  EXPECT_EQ(changed({R"(CMD ["sh", "-c"])"}).cmd, (oci::Strings{"sh", "-c"}));
  EXPECT_EQ(changed({"cmd echo a b"}).cmd, (oci::Strings{"/bin/sh", "-c", "echo a b"}));
  EXPECT_EQ(changed({R"(ENTRYPOINT=["/init"])"}).entrypoint, oci::Strings{"/init"});
}

TEST(ConfigChange, EnvironmentIsReplacedByName) {
  EXPECT_EQ(changed({"ENV A=1 B=\"two words\"", "ENV A=3", "ENV C all the rest"}).env,
            (oci::Strings{"A=3", "B=two words", "C=all the rest"}));
}

TEST(ConfigChange, TheOthers) {
  const oci::ImageRun run = changed({"EXPOSE 80 53/UDP",
                                     "LABEL a=b c=d",
                                     "VOLUME /data [\"x\"]",
                                     "VOLUME [\"/json\"]",
                                     "USER 1000:50",
                                     "WORKDIR /srv",
                                     "WORKDIR www",
                                     "STOPSIGNAL SIGINT"});
  EXPECT_TRUE(run.exposed_ports.contains("80/tcp"));
  EXPECT_TRUE(run.exposed_ports.contains("53/udp"));
  EXPECT_EQ(run.labels.at("c"), "d");
  EXPECT_TRUE(run.volumes.contains("/data"));
  EXPECT_TRUE(run.volumes.contains("/json"));
  EXPECT_EQ(run.user, "1000:50");
  EXPECT_EQ(run.working_dir, "/srv/www");
  EXPECT_EQ(run.stop_signal, "SIGINT");
}

TEST(ConfigChange, Healthcheck) {
  const auto health = [](std::string_view change) { return *changed({change}).healthcheck; };
  const oci::Healthcheck all = health(
      "HEALTHCHECK --interval=30s --timeout=1m30s --start-period=2s --start-interval=100ms "
      "--retries=4 CMD test -e /well || exit 1");
  EXPECT_EQ(all.test, (oci::Strings{"CMD-SHELL", "test -e /well || exit 1"}));
  EXPECT_EQ(all.interval, 30'000'000'000);
  EXPECT_EQ(all.timeout, 90'000'000'000);
  EXPECT_EQ(all.start_period, 2'000'000'000);
  EXPECT_EQ(all.start_interval, 100'000'000);
  EXPECT_EQ(all.retries, 4);
  EXPECT_EQ(health("healthcheck cmd [\"a\", \"b c\"]").test, (oci::Strings{"CMD", "a", "b c"}));
  EXPECT_EQ(health("HEALTHCHECK NONE").test, oci::Strings{"NONE"});
}

TEST(ConfigChange, WhatIsWrongIsQuoted) {
  oci::ImageRun run;
  EXPECT_EQ(apply_change(run, "RUN true").error().kind, ErrorKind::Unsupported);
  for (const char* change : {"CMD",
                             "ENV",
                             "ENV A",
                             "EXPOSE x",
                             "EXPOSE 70000",
                             "LABEL \"a=b",
                             "HEALTHCHECK CMD",
                             "HEALTHCHECK --interval=x CMD a",
                             "HEALTHCHECK --often=1 CMD a",
                             "HEALTHCHECK NONE at all"}) {
    const auto applied = apply_change(run, change);
    ASSERT_FALSE(applied) << change;
    EXPECT_EQ(applied.error().kind, ErrorKind::InvalidArgument);
    EXPECT_NE(applied.error().describe().find("--change"), std::string::npos);
  }
}

}  // namespace
}  // namespace isle::image
