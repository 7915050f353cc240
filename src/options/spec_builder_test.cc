// From a command line to the OCI specification, on a host made up for it.
#include "options/spec_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include "base/strings.h"
#include "oci/runtime_spec_json.h"
#include "options/option.h"

namespace isle::options {
namespace {

using kernel::cgroup::Controller;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Result<struct stat> look(const std::string& path) {
  struct stat status{};
  if (path == "/nowhere") return fail(ErrorKind::NotFound, "no " + path);
  status.st_mode = path == "/dev/disk"   ? S_IFBLK | 0660
                   : path == "/dev/fuse" ? S_IFCHR | 0600
                                         : S_IFDIR | 0755;
  status.st_rdev = path == "/dev/disk" ? makedev(8, 1) : makedev(10, 229);
  return status;
}

World made_up_world() {
  World world;
  world.look = look;
  world.read_inside = [](const std::string& path) -> Result<std::optional<std::string>> {
    if (path == "/etc/passwd") return "root:x:0:0::/root:\nweb:x:33:33::/srv:\n";
    return "root:x:0:\nwheel:x:10:root\n";
  };
  world.namespace_of = [](std::string_view container, std::string_view kind) {
    return Result<std::string>(format("/proc/{}/ns/{}", container, kind));
  };
  world.reserve_ids = [](std::uint32_t size) {
    return Result<IdRange>(IdRange{.first = 500000, .size = size});
  };
  world.subordinate_ids = [](bool) { return std::optional<IdRange>(); };
  world.read_host_file = [](const std::string&) {
    return Result<std::string>(R"({"defaultAction": "SCMP_ACT_ERRNO", "archMap": [
      {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
      "syscalls": [
        {"names": ["read"], "action": "SCMP_ACT_ALLOW", "comment": "", "includes": {}},
        {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
        {"names": ["chown"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_CHOWN"]}},
        {"name": "old", "action": "SCMP_ACT_ALLOW"},
        {"names": ["kill"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_KILL"]}}]})");
  };
  world.mount_of_volume = [](const record::MountRequest& request) {
    return Result<oci::Mount>(oci::Mount{.destination = request.target,
                                         .type = "bind",
                                         .source = "/volumes/" + request.source,
                                         .options = request.options});
  };
  world.host_devices = [] { return std::vector<std::string>{"/dev/fuse"}; };
  return world;
}

Host made_up_host() {
  Host host;
  host.capabilities = kernel::CapabilitySet::up_to(kernel::kLastKnownCapability) -
                      kernel::CapabilitySet::of(24);  // SYS_RESOURCE
  host.cpus = 2;
  host.hostname = "outside";
  host.controllers = {Controller::Memory,
                      Controller::Cpu,
                      Controller::Cpuset,
                      Controller::Pids,
                      Controller::Devices,
                      Controller::Io};
  return host;
}

Host ordinary_user() {
  Host host = made_up_host();
  host.uid = host.gid = 1000;
  host.privileged = false;
  host.may_make_cgroups = false;
  return host;
}

struct Built {
  oci::Spec spec;
  std::vector<std::string> directories, warnings;
};

Result<Built> build(std::vector<const char*> words, const Host& host = made_up_host()) {
  RunRequest request = TRY(parse_run(words));
  request.container.id = std::string(64, 'a');
  const World world = made_up_world();
  oci::ImageRun image;
  image.env = {"PATH=/bin", "LANG=C"};
  image.cmd = {"sh"};
  image.working_dir = "/work";
  SpecBuilder builder(host, world, image);
  start_spec(builder);
  TRY(apply_options(builder, request.container));
  finish_spec(builder);
  return Built{.spec = std::move(builder.spec),
               .directories = std::move(builder.directories),
               .warnings = std::move(builder.warnings)};
}

const oci::Mount& mount_at(const oci::Spec& spec, const std::string& target) {
  static const oci::Mount none{};
  for (const oci::Mount& mount : spec.mounts) {
    if (mount.destination == target) return mount;
  }
  return none;
}

std::vector<std::string> kinds(const oci::Spec& spec) {
  std::vector<std::string> list;
  for (const oci::Namespace& space : spec.linux_->namespaces) {
    list.push_back(space.type + (space.path.empty() ? "" : "=" + space.path));
  }
  return list;
}

TEST(SpecOfRun, LeavesVariablesOutAndFillsThemIn) {
  const auto env = [](std::vector<const char*> words) {
    words.push_back("x");
    return MUST(build(std::move(words))).spec.process->env;
  };
  EXPECT_THAT(env({"--unsetenv", "LANG", "--unsetenv", "HOSTNAME"}),
              ElementsAre("PATH=/bin", "HOME=/root"));
  EXPECT_THAT(env({"--unsetenv-all", "-e", "A=1"}), ElementsAre("A=1"));
  EXPECT_THAT(env({"--env-merge",
                   "PATH=${PATH}:/opt",
                   "--env-merge",
                   "B=$LANG.$NONE$.${",
                   "-e",
                   "C=$LANG"}),
              ElementsAre("PATH=/bin:/opt",
                          "LANG=C",
                          "B=C.$.${",
                          "C=$LANG",
                          "HOSTNAME=aaaaaaaaaaaa",
                          "HOME=/root"));
  EXPECT_FALSE(build({"--env-merge", "PATH", "x"}));
  EXPECT_FALSE(build({"--unsetenv", "A=1", "x"}));
}

TEST(SpecOfRun, MaskOfFilesZonePersonalityClassAndGroupFiles) {
  const auto built = build({"--umask",
                            "0027",
                            "--personality",
                            "LINUX32",
                            "--rdt-class",
                            "gold",
                            "--cgroup-conf",
                            "memory.high=1",
                            "x"});
  ASSERT_TRUE(built) << built.error().describe();
  EXPECT_EQ(built->spec.process->user.umask, 027U);
  EXPECT_EQ(built->spec.linux_->personality->domain, "LINUX32");
  EXPECT_EQ(built->spec.linux_->intel_rdt->clos_id, "gold");
  EXPECT_EQ(built->spec.linux_->resources->unified.at("memory.high"), "1");
  for (const char* wrong : {"--umask=8",
                            "--umask=01000",
                            "--umask=",
                            "--umask=-1",
                            "--personality=BSD",
                            "--rdt-class=a/b",
                            "--rdt-class=..",
                            "--cgroup-conf=memory.high",
                            "--tz=/etc/x",
                            "--tz=a/../b",
                            "--tz="}) {
    EXPECT_FALSE(build({wrong, "x"})) << wrong;
  }
  // The host made up here has directories only.
  EXPECT_THAT(build({"--tz", "Europe/Berlin", "x"}).error().describe(),
              HasSubstr("/usr/share/zoneinfo/Europe/Berlin"));
}

TEST(SpecOfRun, AVolumeIsMountedFromWhereItsFilesAre) {
  const auto built = build({"-v", "data:/v:ro,nocopy", "busybox"});
  ASSERT_TRUE(built) << built.error().describe();
  EXPECT_EQ(mount_at(built->spec, "/v").source, "/volumes/data");
  EXPECT_THAT(mount_at(built->spec, "/v").options, testing::Contains("ro"));
  EXPECT_THAT(mount_at(built->spec, "/v").options, testing::Not(testing::Contains("nocopy")));
}

TEST(SpecOfRun, DefaultsAreStrict) {
  const auto built = build({"x"});
  ASSERT_TRUE(built) << built.error().describe();
  const oci::Spec& spec = built->spec;
  EXPECT_THAT(kinds(spec), ElementsAre("mount", "uts", "pid", "ipc", "cgroup", "network"));
  EXPECT_THAT(spec.process->args, ElementsAre("sh"));
  EXPECT_EQ(spec.process->cwd, "/work");
  EXPECT_EQ(spec.process->capabilities->bounding.size(), 11U);
  EXPECT_TRUE(spec.process->capabilities->inheritable.empty());
  EXPECT_EQ(spec.linux_->resources->pids_limit, 2048);
  EXPECT_FALSE(spec.linux_->resources->devices.at(0).allow);
  EXPECT_THAT(spec.linux_->masked_paths, Contains("/proc/kcore"));
  EXPECT_TRUE(spec.linux_->seccomp.has_value());
  EXPECT_EQ(spec.linux_->sysctl.at("net.ipv4.ping_group_range"), "0 0");
  EXPECT_EQ(spec.hostname, "aaaaaaaaaaaa");
  EXPECT_THAT(spec.process->env,
              ElementsAre("PATH=/bin", "LANG=C", "HOSTNAME=aaaaaaaaaaaa", "HOME=/root"));
}

TEST(SpecOfRun, AnOrdinaryUserIsRootInsideByOneId) {
  const auto built = build({"--network", "host", "x"}, ordinary_user());
  ASSERT_TRUE(built) << built.error().describe();
  const oci::Linux& linux_ = *built->spec.linux_;
  ASSERT_EQ(linux_.uid_mappings.size(), 1U);
  EXPECT_EQ(linux_.uid_mappings[0].host_id, 1000U);
  EXPECT_FALSE(linux_.resources.has_value());
  EXPECT_TRUE(linux_.cgroups_path.empty());
  EXPECT_TRUE(built->spec.process->user.additional_gids.empty());
  EXPECT_EQ(mount_at(built->spec, "/sys").source, "/sys");
  EXPECT_THAT(mount_at(built->spec, "/dev/pts").options, Not(Contains("gid=5")));
}

TEST(SpecOfRun, MountsWinOverDefaultsAndAreInOrder) {
  const auto built = build({"-v", "/nowhere:/a/b", "--tmpfs", "/a", "--tmpfs", "/dev/shm", "x"});
  ASSERT_TRUE(built) << built.error().describe();
  EXPECT_THAT(built->directories, ElementsAre("/nowhere"));
  EXPECT_EQ(mount_at(built->spec, "/dev/shm").source, "tmpfs");
  std::size_t outer = 0;
  std::size_t inner = 0;
  for (std::size_t i = 0; i < built->spec.mounts.size(); ++i) {
    if (built->spec.mounts[i].destination == "/a") outer = i;
    if (built->spec.mounts[i].destination == "/a/b") inner = i;
  }
  EXPECT_LT(outer, inner);
}

TEST(SpecOfRun, LimitsArriveInTheirUnits) {
  const auto built = build({"-m",
                            "64m",
                            "--cpus",
                            "1.5",
                            "--cpuset-cpus",
                            "0-1",
                            "--device-read-bps",
                            "/dev/disk:1m",
                            "--device",
                            "/dev/fuse:/f:rw",
                            "x"});
  ASSERT_TRUE(built) << built.error().describe();
  const oci::Resources& resources = *built->spec.linux_->resources;
  EXPECT_EQ(resources.memory->limit, 64 << 20);
  EXPECT_EQ(resources.memory->swap, 128 << 20);
  EXPECT_EQ(resources.cpu->quota, 150000);
  EXPECT_EQ(resources.block_io->throttle_read_bps_device.at(0).major, 8);
  EXPECT_EQ(resources.devices.back().access, "rw");
  EXPECT_EQ(built->spec.linux_->devices.at(0).path, "/f");
}

TEST(SpecOfRun, DevicesAreBoundWhereNodesCannotBeMade) {
  const auto built = build({"--uidmap", "0:1000:1", "--device", "/dev/fuse:/f:rw", "x"});
  ASSERT_TRUE(built) << built.error().describe();
  EXPECT_TRUE(built->spec.linux_->devices.empty());
  EXPECT_EQ(mount_at(built->spec, "/f").source, "/dev/fuse");
  EXPECT_EQ(built->spec.linux_->resources->devices.back().access, "rw");
}

TEST(SpecOfRun, SeccompProfilesOfDockerAreDecided) {
  const auto built = build({"--security-opt", "seccomp=/p.json", "--cap-drop", "KILL", "x"});
  ASSERT_TRUE(built) << built.error().describe();
  const oci::Seccomp& seccomp = *built->spec.linux_->seccomp;
  EXPECT_THAT(seccomp.architectures, ElementsAre("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"));
  std::vector<std::string> names;
  for (const oci::SeccompRule& rule : seccomp.syscalls) names.push_back(rule.names.at(0));
  EXPECT_THAT(names, ElementsAre("read", "chown", "old", "kill"));
}

TEST(SpecOfRun, PrivilegedTakesTheWallsDown) {
  const auto built = build({"--privileged", "x"});
  ASSERT_TRUE(built) << built.error().describe();
  const oci::Linux& linux_ = *built->spec.linux_;
  EXPECT_TRUE(linux_.masked_paths.empty() && linux_.readonly_paths.empty());
  EXPECT_FALSE(linux_.seccomp.has_value());
  EXPECT_TRUE(linux_.resources->devices.at(0).allow);
  EXPECT_EQ(linux_.devices.at(0).path, "/dev/fuse");
  EXPECT_THAT(mount_at(built->spec, "/sys").options, Not(Contains("ro")));
}

TEST(SpecOfRun, NamespacesAreMappedJoinedAndShared) {
  const auto built = build({"--pid",
                            "host",
                            "--ipc",
                            "container:db",
                            "--uts",
                            "ns:/n/uts",
                            "--userns",
                            "auto:size=1000",
                            "x"});
  ASSERT_TRUE(built) << built.error().describe();
  EXPECT_THAT(
      kinds(built->spec),
      ElementsAre(
          "mount", "user", "time", "uts=/n/uts", "ipc=/proc/db/ns/ipc", "cgroup", "network"));
  EXPECT_EQ(built->spec.linux_->uid_mappings.at(0).host_id, 500000U);
  EXPECT_EQ(mount_at(built->spec, "/proc").source, "/proc");
  EXPECT_THAT(built->warnings, ElementsAre(HasSubstr("/dev/shm")));
}

struct Bad {
  std::vector<const char*> words;
  const char* says;
  bool ordinary = false;
};

const std::vector<Bad> kBad = {
    {{"-m", "1g", "x"}, "--memory needs the memory controller, and this user may not", true},
    {{"--memory-swap", "1g", "x"}, "--memory-swap needs --memory"},
    {{"-m", "2g", "--memory-swap", "1g", "x"}, "is less than --memory"},
    {{"--cpus", "1", "--cpu-quota", "50000", "x"}, "exclude each other"},
    {{"--cpus", "3", "x"}, "between 0.01 and 2"},
    {{"--hostname", "a", "--uts", "host", "x"}, "need a UTS namespace"},
    {{"--network", "host", "--sysctl", "net.core.somaxconn=1", "x"}, "host's network namespace"},
    {{"--cap-add", "SYS_RESOURCE", "x"}, "does not have CAP_SYS_RESOURCE"},
    {{"--device", "/nowhere", "x"}, "--device"},
    {{"--device", "/srv", "x"}, "is not a device"},
    {{"--device-read-bps", "/dev/fuse:1", "x"}, "is not a block device"},
    {{"--mount", "type=bind,src=/nowhere,dst=/x", "x"}, "the source \"/nowhere\" does not exist"},
    {{"--rootfs", "/nowhere", "x"}, "--rootfs"},
    {{"-u", "ghost", "x"}, "no user \"ghost\""},
    {{"-u", "1000", "x"}, "uid 1000 is not mapped", true},
    {{"--userns", "auto", "x"}, "no range in /etc/subuid", true},
    {{"--userns", "host", "x"}, "needs a user", true},
    {{"--userns", "keep-id", "x"}, "for ordinary users"},
    {{"--security-opt", "apparmor=mine", "x"}, "AppArmor is not in force"},
    {{"--ipc", "host", "--shm-size", "1m", "x"}, "the host's with --ipc host"},
    {{"--entrypoint", "", "x"}, "no command"},
};

TEST(SpecOfRun, WhatCannotBeIsNamed) {
  for (const Bad& bad : kBad) {
    const auto built = build(bad.words, bad.ordinary ? ordinary_user() : made_up_host());
    ASSERT_FALSE(built) << bad.says;
    EXPECT_THAT(built.error().describe(), HasSubstr(bad.says));
  }
}

}  // namespace
}  // namespace isle::options
