// Command lines as people write them, and the complaint about each bad one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "options/option.h"

namespace isle::options {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<RunRequest> parse(std::vector<const char*> words) { return parse_run(words); }

TEST(RunCommandLine, WhatFollowsTheImageBelongsToTheCommand) {
  const auto request = parse({"-it", "--rm", "busybox", "ls", "-l", "--rm=x"});
  ASSERT_TRUE(request) << request.error().describe();
  const record::Container& container = request->container;
  EXPECT_TRUE(container.process.interactive && container.process.terminal && container.remove);
  EXPECT_EQ(container.storage.root.image, "busybox");
  EXPECT_THAT(container.process.command, ElementsAre("ls", "-l", "--rm=x"));
}

TEST(RunCommandLine, ValuesAreTakenInEverySpelling) {
  const auto request = parse({"-v/a:/b",
                              "-v=/c:/d:ro",
                              "-v",
                              "/e:/f",
                              "--memory=1.5g",
                              "-c",
                              "512",
                              "--name",
                              "web",
                              "--",
                              "busybox"});
  ASSERT_TRUE(request) << request.error().describe();
  const record::Container& container = request->container;
  ASSERT_EQ(container.storage.mounts.size(), 3U);
  EXPECT_THAT(container.storage.mounts[1].options, ElementsAre("rbind", "ro", "rprivate", "rro"));
  EXPECT_EQ(container.resources.memory, 3LL << 29);
  EXPECT_EQ(container.resources.cpu_shares, 512U);
  EXPECT_EQ(container.name, "web");
}

TEST(RunCommandLine, RootfsNeedsNoImage) {
  const auto request = parse({"--rootfs", "/srv/debian:O", "sh"});
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(request->container.storage.root.directory, "/srv/debian");
  EXPECT_TRUE(request->container.storage.root.overlay);
  EXPECT_THAT(request->container.process.command, ElementsAre("sh"));
}

TEST(RunCommandLine, SwitchesCanBeTurnedOff) {
  const auto request = parse({"--rm", "--rm=false", "--read-only=1", "x"});
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->container.remove);
  EXPECT_TRUE(request->container.storage.read_only);
}

TEST(RunCommandLine, TimeOffsetsMayBeNegativeFractions) {
  const auto request =
      parse({"--time-offset", "boottime=-1.5", "--time-offset=monotonic=86400", "x"});
  ASSERT_TRUE(request) << request.error().describe();
  const auto& offsets = request->container.namespaces.time_offsets;
  EXPECT_EQ(offsets.at("boottime").secs, -2);
  EXPECT_EQ(offsets.at("boottime").nanosecs, 500'000'000U);
  EXPECT_EQ(offsets.at("monotonic").secs, 86400);
}

TEST(RunCommandLine, MountKeysAreThoseOfDocker) {
  const auto request = parse({"--mount",
                              "type=bind,src=/a,dst=/b,ro,bind-propagation=rslave",
                              "--mount",
                              "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1700",
                              "--tmpfs",
                              "/u:exec,size=4k",
                              "x"});
  ASSERT_TRUE(request) << request.error().describe();
  const auto& mounts = request->container.storage.mounts;
  EXPECT_THAT(mounts.at(0).options, ElementsAre("rbind", "ro", "rslave", "rro"));
  EXPECT_THAT(mounts.at(1).options,
              ElementsAre("size=1048576", "mode=1700", "nosuid", "nodev", "noexec"));
  EXPECT_THAT(mounts.at(2).options, ElementsAre("exec", "size=4k", "nosuid", "nodev"));
}

TEST(RunCommandLine, SecurityOptionsAreTakenApart) {
  const auto request = parse({"--security-opt",
                              "no-new-privileges",
                              "--security-opt",
                              "mask=/proc/a:/proc/b",
                              "--security-opt",
                              "unmask=ALL",
                              "--security-opt=seccomp=unconfined",
                              "--cap-add",
                              "net_admin,SYS_TIME",
                              "--cap-drop=all",
                              "x"});
  ASSERT_TRUE(request) << request.error().describe();
  const record::Security& security = request->container.security;
  EXPECT_TRUE(security.no_new_privileges);
  EXPECT_THAT(security.mask, ElementsAre("/proc/a", "/proc/b"));
  EXPECT_THAT(security.cap_add, ElementsAre("CAP_NET_ADMIN", "CAP_SYS_TIME"));
  EXPECT_THAT(security.cap_drop, ElementsAre("ALL"));
}

struct Bad {
  std::vector<const char*> words;
  const char* says;
};

const std::vector<Bad> kBadLines = {
    {{}, "no image"},
    {{"--memroy", "1g", "x"}, "unknown flag \"--memroy\""},
    {{"-Z", "x"}, "unknown flag \"-Z\""},
    {{"-p", "0:80", "x"}, "--publish: \"0:80\": \"0\" is no port"},
    {{"-p", "80-81:80", "x"}, "2 ports of the host cannot lead to 1"},
    {{"--publish=80/icmp", "x"}, "no protocol \"icmp\""},
    {{"-p", "1.2.3:80:80", "x"}, "\"1.2.3\" is no IP address"},
    {{"-p", "[::1:80:80", "x"}, "has no \"]:\""},
    {{"--expose", "80-79", "x"}, "--expose"},
    {{"--ip", "fd00::1", "x"}, "no IPv4 address"},
    {{"--ip6", "10.0.0.1", "x"}, "no IPv6 address"},
    {{"--mac-address", "01:02:03:04:05:06", "x"}, "no address of a network card"},
    {{"--network-alias", "a b", "x"}, "cannot be a name in a network"},
    {{"--network", "a", "--network", "b", "--ip", "10.0.0.1", "x"}, "the only network"},
    {{"--network", "none", "--ip", "10.0.0.1", "x"}, "the only network"},
    {{"--network", "host", "--network", "a", "x"}, "cannot be had beside \"host\""},
    {{"--network", "a", "--network", "none", "x"}, "cannot be had beside \"a\""},
    {{"--network", "a:colour=red", "x"}, "says nothing about a network"},
    {{"--network", "pasta", "x"}, "\"pasta\" does not exist in isle"},
    {{"--dns", "example", "x"}, "--dns"},
    {{"--add-host", "web", "x"}, "is not NAME:ADDRESS"},
    {{"--add-host", "web:1.2.3", "x"}, "--add-host"},
    {{"--memory"}, "--memory needs a value: BYTES"},
    {{"--memory", "lots", "x"}, "--memory: \"lots\" is not a size"},
    {{"--memory", "1.2.3g", "x"}, "is not a size"},
    {{"--memory", "-5m", "x"}, "is not a size"},
    {{"--rm=maybe", "x"}, "neither true nor false"},
    {{"--name", "a/b", "x"}, "cannot be a container's name"},
    {{"--hostname", "a b", "x"}, "--hostname cannot be \"a b\""},
    {{"--cpus", "many", "x"}, "--cpus: \"many\""},
    {{"--cpu-shares", "1", "x"}, "not between 2 and 262144"},
    {{"--cpu-period", "10", "x"}, "not between 1000 and 1000000"},
    {{"--cpuset-cpus", "3-1", "x"}, "not a list of numbers"},
    {{"--pids-limit", "x", "x"}, "is not a number"},
    {{"--blkio-weight", "5", "x"}, "not between 10 and 1000"},
    {{"--device-read-bps", "sda:1m", "x"}, "is not /dev/NAME:VALUE"},
    {{"--ulimit", "nofile", "x"}, "is not NAME=SOFT[:HARD]"},
    {{"--ulimit", "nofile=2:1", "x"}, "soft limit 2 is above the hard limit 1"},
    {{"--ulimit", "files=2", "x"}, "--ulimit"},
    {{"--oom-score-adj", "2000", "x"}, "not between -1000 and 1000"},
    {{"--sysctl", "kernel.core_pattern=|/x", "x"}, "not a setting of a namespace"},
    {{"--sysctl", "net/../kernel/core_pattern=1", "x"}, "not a setting of a namespace"},
    {{"--cap-add", "FLY", "x"}, "--cap-add"},
    {{"--security-opt", "seccomp", "x"}, "has no value"},
    {{"--security-opt", "magic=1", "x"}, "unknown key \"magic\""},
    {{"--security-opt", "label=type:x", "x"}, "SELinux"},
    {{"--pid", "shared", "x"}, "--pid cannot be \"shared\""},
    {{"--pid", "container:", "x"}, "--pid cannot be"},
    {{"--pid", "ns:relative", "x"}, "--pid cannot be"},
    {{"--network", "-bridge", "x"}, "cannot be a network's name"},
    {{"--userns", "auto:size=0", "x"}, "not between 1 and 65536"},
    {{"--userns", "auto:colour=1", "x"}, "unknown option \"colour\""},
    {{"--uidmap", "0:1", "--uidmap", "1:2:0", "x"}, "is not INSIDE:HOST:SIZE"},
    {{"--time-offset", "realtime=5", "x"}, "no clock \"realtime\""},
    {{"--volume", "a", "x"}, "\"a\""},
    {{"--volume", "_data:/b", "x"}, "\"_data\" cannot be a volume's name"},
    {{"--volume", "/a:/b:nocopy", "x"}, "only a volume is copied into"},
    {{"--volumes-from", "x:z", "x"}, "\"x:z\" is not CONTAINER[:ro]"},
    {{"--image-volume", "x", "x"}, "--image-volume cannot be \"x\""},
    {{"--volume", "/a:b", "x"}, "not an absolute path"},
    {{"--volume", "/a:/", "x"}, "on the container's /"},
    {{"--volume", "/a:/b:size=4", "x"}, "no option \"size=4\""},
    {{"--volume", "/a:/b:U,O", "x"}, "U and O exclude each other"},
    {{"--volume", "/a:/b:O,upperdir=/u", "x"}, "upperdir and workdir go together"},
    {{"--volume", "/a:/b:upperdir=/u,workdir=/w", "x"}, "are of an overlay"},
    {{"--volume", "/a:/b:idmap=uids=1", "x"}, "\"1\" is no range of ids"},
    {{"--volume", "/a:/b:X-mount.subdir=c", "x"}, "a bind mount has no option"},
    {{"--volume", "/a:/b", "--tmpfs", "/b", "x"}, "is a mount point already"},
    {{"--mount", "type=image,dst=/b", "x"}, "the image is missing"},
    {{"--mount", "type=image,src=i,dst=/b,idmap", "x"}, "are of volumes and directories"},
    {{"--mount", "type=glob,dst=/b", "x"}, "mounts of type \"glob\""},
    {{"--mount", "type=cloud,dst=/b", "x"}, "there is no type \"cloud\""},
    {{"--mount", "type=volume,src=v,volume-subpath=../d,dst=/b", "x"}, "no path beneath"},
    {{"--mount", "type=bind,src=/a,subpath=d,dst=/b", "x"}, "subpath is of volumes"},
    {{"--mount", "type=bind,src=/b,relabel=x,dst=/b", "x"}, "relabel cannot be \"x\""},
    {{"--sdnotify", "x", "x"}, "--sdnotify cannot be \"x\""},
    {{"--mount", "type=bind,dst=/b", "x"}, "the source is missing"},
    {{"--mount", "type=bind,src=/b", "x"}, "the target is missing"},
    {{"--mount", "type=bind,speed=3,dst=/b", "x"}, "unknown key \"speed\""},
    {{"--tmpfs", "/t:upperdir=/x", "x"}, "no option \"upperdir=/x\""},
    {{"--device", "/dev/a:/b:/c:rwm", "x"}, "is not PATH[:INSIDE][:rwm]"},
    {{"--workdir", "here", "x"}, "not an absolute path"},
    {{"--env", "=x", "x"}, "has no name"},
    {{"--env-file", "/nonexistent", "x"}, "/nonexistent"},
    {{"--stop-signal", "STOPPIT", "x"}, "--stop-signal"},
    {{"--timeout", "-1", "x"}, "not between 0"},
    {{"--explain=loudly", "x"}, "--explain cannot be \"loudly\""},
    {{"--cgroup-parent", "../x", "x"}, "--cgroup-parent"},
    {{"--entrypoint", "[1]", "x"}, "texts only"},
    {{"--annotation", "x", "x"}, "is not NAME=value"},
    {{"--group-add", "keep-groups", "x"}, "keep-groups"},
};

TEST(RunCommandLine, EveryBadValueIsNamed) {
  for (const Bad& bad : kBadLines) {
    const auto request = parse(bad.words);
    ASSERT_FALSE(request) << bad.says;
    EXPECT_THAT(request.error().describe(), HasSubstr(bad.says));
  }
}

TEST(RunCommandLine, TheNearestFlagIsHinted) {
  EXPECT_EQ(parse({"--memroy", "1g", "x"}).error().hint, "did you mean --memory?");
  EXPECT_EQ(parse({"--hotsname", "1g", "x"}).error().hint, "did you mean --hostname?");
}

TEST(RunCommandLine, HelpShowsEveryFlagOnNarrowScreensToo) {
  const std::string help = flags_help(option_flags(), 80);
  EXPECT_THAT(help, HasSubstr("-m, --memory BYTES"));
  EXPECT_THAT(help, HasSubstr("--explain[=text|json|only]"));
  for (std::string_view line : split(help, '\n')) EXPECT_LE(line.size(), 80U) << line;
}

TEST(RunCommandLine, HowTheRunIsJoined) {
  const auto request =
      parse({"-i", "-a", "stdin", "--sig-proxy=false", "--detach-keys", "ctrl-x", "b"});
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_TRUE(request->session.input && request->session.chosen());
  EXPECT_FALSE(request->session.output || request->session.signals);
  EXPECT_EQ(request->session.detach_keys, "ctrl-x");
  EXPECT_FALSE(parse({"-a", "stdin", "b"}));
  EXPECT_FALSE(parse({"-d", "-a", "stdout", "b"}));
  EXPECT_FALSE(parse({"-a", "both", "b"}));
}

TEST(RunCommandLine, AReadOnlyRootMayHaveTmpfsWhereNothingElseIs) {
  const auto request = parse({"--read-only", "--read-only-tmpfs", "-v", "/a:/run", "b"});
  ASSERT_TRUE(request) << request.error().describe();
  std::vector<std::string> targets;
  for (const auto& mount : request->container.storage.mounts) targets.push_back(mount.target);
  EXPECT_THAT(targets, ElementsAre("/run", "/tmp", "/var/tmp"));
  EXPECT_FALSE(parse({"--read-only-tmpfs", "b"}));
}

TEST(RunCommandLine, StartupChecks) {
  const auto request = parse({"--health-startup-cmd",
                              "[\"a\"]",
                              "--health-startup-interval",
                              "1m",
                              "--health-startup-success",
                              "2",
                              "b"});
  ASSERT_TRUE(request) << request.error().describe();
  const record::StartupCheck& check = request->container.life.health.startup;
  EXPECT_THAT(check.test, ElementsAre("CMD", "a"));
  EXPECT_EQ(check.interval, 60'000'000'000);
  EXPECT_EQ(check.success, 2);
  EXPECT_FALSE(parse({"--health-startup-interval", "1us", "b"}));
  EXPECT_FALSE(parse({"--health-max-log-count", "0", "b"}));
}

}  // namespace
}  // namespace isle::options
