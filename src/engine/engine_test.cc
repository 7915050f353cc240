// The engine's files: names claimed once, users read through layers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/strings.h"
#include "engine/database.h"
#include "engine/etc_files.h"
#include "engine/layered_root.h"

namespace isle::engine {
namespace {

using testing::HasSubstr;

class EngineFiles : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/isle-engine-test-XXXXXX";
    top_ = mkdtemp(pattern);
    ASSERT_EQ(mkdir((top_ + "/a").c_str(), 0755), 0);
    ASSERT_EQ(mkdir((top_ + "/b").c_str(), 0755), 0);
  }
  void TearDown() override {
    const std::string command = "rm -rf " + top_;
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  void write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(kernel::replace_file(HostPath(top_ + path), text, 0644, false));
  }
  LayeredRoot layers() const {
    return *LayeredRoot::open({HostPath(top_ + "/a"), HostPath(top_ + "/b")});
  }
  Paths paths() const {
    return {.store = image::Store(HostPath(top_), image::Unpacker::User),
            .run = HostPath(top_ + "/run")};
  }
  std::string top_;
};

TEST_F(EngineFiles, LowerLayersShowThroughUntilSomethingCoversThem) {
  ASSERT_EQ(mkdir((top_ + "/a/etc").c_str(), 0755), 0);
  ASSERT_EQ(mkdir((top_ + "/b/etc").c_str(), 0755), 0);
  write("/b/etc/passwd", "low");
  EXPECT_EQ(layers().read_file("/etc/passwd")->value_or(""), "low");
  write("/a/etc/passwd", "high");
  EXPECT_EQ(layers().read_file("/etc/passwd")->value_or(""), "high");
  EXPECT_FALSE(layers().read_file("/etc/group")->has_value());
}

TEST_F(EngineFiles, LinksStayInside) {
  ASSERT_EQ(mkdir((top_ + "/b/usr").c_str(), 0755), 0);
  write("/b/usr/passwd", "inside");
  ASSERT_EQ(symlink("../../../../../usr", (top_ + "/a/etc").c_str()), 0);
  EXPECT_EQ(layers().read_file("/etc/passwd")->value_or(""), "inside");
  ASSERT_EQ(symlink("/etc/hostname", (top_ + "/a/out").c_str()), 0);
  EXPECT_FALSE(layers().read_file("/out")->has_value());
  ASSERT_EQ(symlink("loop", (top_ + "/a/loop").c_str()), 0);
  EXPECT_FALSE(layers().read_file("/loop")->has_value());
}

TEST_F(EngineFiles, ANameBelongsToOne) {
  const Paths where = paths();
  const Database database(where);
  record::Container first;
  first.name = "web";
  record::Container second = first;
  ASSERT_TRUE(database.add(first));
  const auto lost = database.add(second);
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().message, HasSubstr("\"web\" belongs to container"));
  EXPECT_EQ(database.list()->containers.size(), 1U);
  EXPECT_EQ(database.find("web")->id, first.id);
  EXPECT_EQ(database.find(first.id.substr(0, 8))->name, "web");
  ASSERT_TRUE(database.remove(first));
  EXPECT_EQ(database.find("web").error().kind, ErrorKind::NotFound);
  EXPECT_TRUE(database.list()->containers.empty());
}

TEST_F(EngineFiles, OneWhoseNameHasNoLinkIsFoundByItAndGoes) {
  const Paths where = paths();
  const Database database(where);
  record::Container cut_short;
  cut_short.name = "web";
  ASSERT_TRUE(database.add(cut_short));
  ASSERT_EQ(unlink((where.names() / "web").c_str()), 0);
  const auto found = database.find("web");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, cut_short.id);
  ASSERT_TRUE(database.remove(*found));
  EXPECT_EQ(database.find("web").error().kind, ErrorKind::NotFound);
}

TEST_F(EngineFiles, DamageIsNamedAndTheOthersAreListed) {
  const Paths where = paths();
  const Database database(where);
  record::Container good;
  record::Container bad;
  ASSERT_TRUE(database.add(good));
  ASSERT_TRUE(database.add(bad));
  write("/containers/" + bad.id + "/record.json", "{\"id\":");
  const auto list = database.list();
  ASSERT_TRUE(list);
  EXPECT_EQ(list->containers.size(), 1U);
  ASSERT_EQ(list->broken.size(), 1U);
  EXPECT_THAT(list->broken[0].describe(), HasSubstr(bad.id));
}

TEST_F(EngineFiles, RangesOfIdsAreTakenOnce) {
  const Paths where = paths();
  const Database database(where);
  record::Container container;
  container.namespaces.user = "auto";
  ASSERT_TRUE(database.add(container));
  const auto one = database.reserve_ids(container.id);
  const auto two = database.reserve_ids(container.id);
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  ASSERT_TRUE(database.remove(container));
  EXPECT_NE(access((top_ + format("/id-ranges/{}", *one)).c_str(), F_OK), 0);
}

TEST(EtcFiles, ALonelyNetworkHasNoNameServer) {
  const EtcFiles files = make_etc_files("box", true, "", "nameserver 1.2.3.4\n");
  EXPECT_THAT(files.hosts, HasSubstr("127.0.1.1\tbox"));
  EXPECT_THAT(files.resolv_conf, testing::Not(HasSubstr("nameserver")));
  EXPECT_EQ(make_etc_files("box", false, "h", "r").hosts, "h");
}

}  // namespace
}  // namespace isle::engine
