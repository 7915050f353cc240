#include "oci/runtime_spec_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "oci/default_spec.h"

namespace isle::oci {
namespace {

// Every member of the document but resources, in the order they are written.
constexpr std::string_view kEverything = R"({
"ociVersion":"1.2.1",
"process":{"terminal":true,"consoleSize":{"height":24,"width":80},
 "user":{"uid":1,"gid":2,"umask":18,"additionalGids":[5,4294967295]},
 "args":["sh","-c","true"],"env":["A=b"],"cwd":"/",
 "capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"inheritable":["CAP_CHOWN"],
  "permitted":["CAP_KILL"],"ambient":["CAP_KILL"]},
 "rlimits":[{"type":"RLIMIT_NOFILE","soft":1024,"hard":18446744073709551615}],
 "noNewPrivileges":true,"apparmorProfile":"p","oomScoreAdj":-1000,
 "scheduler":{"policy":"SCHED_DEADLINE","nice":-20,"priority":1,"flags":["SCHED_FLAG_RECLAIM"],
  "runtime":1,"deadline":2,"period":3},
 "selinuxLabel":"l","ioPriority":{"class":"IOPRIO_CLASS_BE","priority":4},
 "execCPUAffinity":{"initial":"0-1","final":"2"}},
"root":{"path":"rootfs","readonly":true},
"hostname":"h","domainname":"d",
"mounts":[{"destination":"/data","type":"bind","source":"/src","options":["rbind","ro"],
 "uidMappings":[{"containerID":0,"hostID":1000,"size":1}],
 "gidMappings":[{"containerID":0,"hostID":1001,"size":2}]}],
"hooks":{"prestart":[{"path":"/a","args":["a","b"],"env":["X=1"],"timeout":3}],
 "createRuntime":[{"path":"/b"}],"createContainer":[{"path":"/c"}],
 "startContainer":[{"path":"/d"}],"poststart":[{"path":"/e"}],"poststop":[{"path":"/f"}]},
"annotations":{"org.example.key":"value"},
"linux":{"uidMappings":[{"containerID":0,"hostID":0,"size":4294967295}],
 "gidMappings":[{"containerID":0,"hostID":0,"size":1}],
 "timeOffsets":{"boottime":{"secs":-5,"nanosecs":0},"monotonic":{"secs":7,"nanosecs":999999999}},
 "sysctl":{"net.ipv4.ip_forward":"1"},
 "cgroupsPath":"/x","namespaces":[{"type":"pid"},{"type":"network","path":"/run/netns/a"}],
 "devices":[{"type":"c","path":"/dev/fuse","major":10,"minor":229,"fileMode":438,"uid":0,"gid":1}],
 "netDevices":{"eth0":{"name":"lan"},"eth1":{}},
 "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,
  "architectures":["SCMP_ARCH_X86_64"],"flags":["SECCOMP_FILTER_FLAG_LOG"],
  "listenerPath":"/l","listenerMetadata":"m",
  "syscalls":[{"names":["read","write"],"action":"SCMP_ACT_ERRNO","errnoRet":1,
   "args":[{"index":0,"value":18446744073709551615,"valueTwo":3,"op":"SCMP_CMP_MASKED_EQ"}]}]},
 "rootfsPropagation":"rslave","maskedPaths":["/proc/kcore"],"readonlyPaths":["/proc/sys"],
 "mountLabel":"ml",
 "intelRdt":{"closID":"c","schemata":["L3:0=f"],"l3CacheSchema":"L3","memBwSchema":"MB",
  "enableCMT":true,"enableMBM":true,"enableMonitoring":true},
 "personality":{"domain":"LINUX32","flags":["F"]},
 "memoryPolicy":{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]}}})";

constexpr std::string_view kAllResources = R"({
"devices":[{"allow":false},{"allow":true,"type":"c","major":10,"minor":229,"access":"rwm"}],
"memory":{"limit":-1,"reservation":1,"swap":2,"kernel":3,"kernelTCP":4,"swappiness":60,
 "disableOOMKiller":false,"useHierarchy":true,"checkBeforeUpdate":true},
"cpu":{"shares":1024,"quota":-1,"burst":5,"period":100000,"realtimeRuntime":950000,
 "realtimePeriod":1000000,"cpus":"0-1","mems":"0","idle":1},
"pids":{"limit":-1},
"blockIO":{"weight":10,"leafWeight":20,
 "weightDevice":[{"major":8,"minor":0,"weight":500,"leafWeight":300}],
 "throttleReadBpsDevice":[{"major":8,"minor":0,"rate":600}],
 "throttleWriteBpsDevice":[{"major":8,"minor":0,"rate":601}],
 "throttleReadIOPSDevice":[{"major":8,"minor":0,"rate":602}],
 "throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":603}]},
"hugepageLimits":[{"pageSize":"2MB","limit":9223372036854771712}],
"network":{"classID":1048577,"priorities":[{"name":"eth0","priority":500}]},
"rdma":{"mlx5_1":{"hcaHandles":3,"hcaObjects":10000}},
"unified":{"memory.high":"1073741824"}})";

std::string normal(std::string_view text) { return json::write(MUST(json::parse(text))); }

// A document that is right, with `members` added to "linux".
std::string with_linux(std::string_view members) {
  return isle::format(R"({{"ociVersion":"1.0.0","root":{{"path":"r"}},"linux":{{{}}}}})", members);
}
std::string with_process(std::string_view members) {
  return isle::format(
      R"({{"ociVersion":"1.0.0","root":{{"path":"r"}},"process":{{"cwd":"/","args":["a"]{}}}}})",
      members);
}

std::string message_of(const std::string& text) {
  const Result<ReadSpec> read = read_spec(text);
  return read ? "(no error)" : read.error().message;
}

TEST(RuntimeSpec, EveryMemberSurvivesARoundTrip) {
  const ReadSpec read = MUST(read_spec(kEverything));
  EXPECT_THAT(read.unknown, testing::IsEmpty());
  EXPECT_EQ(json::write(write_spec(read.spec)), normal(kEverything));
}

TEST(RuntimeSpec, EveryResourceSurvivesARoundTrip) {
  EXPECT_EQ(json::write(write_resources(MUST(read_resources(kAllResources)))),
            normal(kAllResources));
  const ReadSpec read =
      MUST(read_spec(with_linux(isle::format("\"resources\":{}", kAllResources))));
  EXPECT_THAT(read.unknown, testing::IsEmpty());
  EXPECT_EQ(read.spec.linux_->resources->memory->limit, -1);
  EXPECT_EQ(read.spec.linux_->resources->rdma.at("mlx5_1").hca_objects, 10000U);
}

TEST(RuntimeSpec, ValuesArriveWhereTheyBelong) {
  const Spec spec = MUST(read_spec(kEverything)).spec;
  EXPECT_EQ(spec.process->rlimits.at(0).hard, ~std::uint64_t{0});
  EXPECT_EQ(spec.process->user.additional_gids.at(1), 4294967295U);
  EXPECT_EQ(spec.linux_->time_offsets.at("boottime").secs, -5);
  EXPECT_EQ(spec.linux_->seccomp->syscalls.at(0).args.at(0).value, ~std::uint64_t{0});
  EXPECT_EQ(spec.linux_->net_devices.at("eth1").name, "");
  EXPECT_EQ(spec.hooks->prestart.at(0).timeout, 3);
}

TEST(RuntimeSpec, NullIsAbsent) {
  const ReadSpec read = MUST(read_spec(
      R"({"ociVersion":"1.0.2-dev","root":{"path":"r"},"process":null,"linux":null,"mounts":null})"));
  EXPECT_FALSE(read.spec.process);
  EXPECT_FALSE(read.spec.linux_);
}

TEST(RuntimeSpec, UnknownMembersAreListedNotRefused) {
  const ReadSpec read = MUST(read_spec(
      R"({"ociVersion":"1.9.0","root":{"path":"r","new":1},"colour":"red","windows":{},
          "linux":{"namespaces":[{"type":"pid","x y":null}]}})"));
  EXPECT_THAT(read.unknown,
              testing::UnorderedElementsAre(
                  "colour", "root.new", "windows", "linux.namespaces[0][\"x y\"]"));
}

TEST(RuntimeSpec, OtherPlatformsAreUnsupported) {
  const Result<ReadSpec> read =
      read_spec(R"({"ociVersion":"1.0.0","root":{"path":"r"},"windows":{}})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::Unsupported);
  EXPECT_THAT(read.error().message, testing::HasSubstr("windows"));
}

TEST(RuntimeSpec, OtherMajorVersionsAreUnsupported) {
  const Result<ReadSpec> read = read_spec(R"({"ociVersion":"2.0.0","root":{"path":"r"}})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::Unsupported);
}

TEST(RuntimeSpec, ErrorsNameThePath) {
  const std::pair<std::string, std::string> table[] = {
      {"[]", "document: expected an object, found an array"},
      {"{}", "ociVersion: is required but absent"},
      {R"({"ociVersion":"1.0.0"})", "root: is required but absent"},
      {R"({"ociVersion":"one","root":{"path":"r"}})",
       "ociVersion: \"one\" is no version of the form 1.2.0"},
      {R"({"ociVersion":"1.0.0","root":{}})", "root.path: is required but absent"},
      {R"({"ociVersion":"1.0.0","root":{"path":"r"},"process":{"cwd":"/","args":[]}})",
       "process.args: names no program"},
      {with_process(R"(,"terminal":"yes")"),
       "process.terminal: expected a boolean, found a string"},
      {with_process(R"(,"user":{"uid":-1,"gid":0})"),
       "process.user.uid: -1 is not between 0 and 4294967295"},
      {with_process(R"(,"user":{"uid":4294967296,"gid":0})"),
       "process.user.uid: 4294967296 is not between 0 and 4294967295"},
      {with_process(R"(,"user":{"uid":1.5,"gid":0})"),
       "process.user.uid: expected a whole number, found 1.5"},
      {with_process(R"(,"env":["A=b",7])"), "process.env[1]: expected a string, found a number"},
      {with_process(R"(,"env":["A=\u0000b"])"), "process.env[0]: holds a NUL byte"},
      {with_process(R"(,"rlimits":[{"type":"NOFILE","soft":1,"hard":1}])"),
       "process.rlimits[0].type: \"NOFILE\" is none of RLIMIT_AS"},
      {with_process(R"(,"oomScoreAdj":2147483648)"),
       "process.oomScoreAdj: 2147483648 is not between -2147483648 and 2147483647"},
      {with_linux(R"("resources":{"memory":{"limit":"1g"}})"),
       "linux.resources.memory.limit: expected a number, found a string"},
      {with_linux(R"("resources":{"memory":{"limit":9223372036854775808}})"),
       "linux.resources.memory.limit: 9223372036854775808 is not between"},
      {with_linux(R"("resources":{"blockIO":{"weight":65536}})"),
       "linux.resources.blockIO.weight: 65536 is not between 0 and 65535"},
      {with_linux(R"("resources":{"pids":7})"),
       "linux.resources.pids: expected an object, found a number"},
      {with_linux(R"("namespaces":[{"type":"pid"},{"type":"net"}])"),
       "linux.namespaces[1].type: \"net\" is none of pid, network"},
      {with_linux(R"("sysctl":{"net.core.x":1})"),
       "linux.sysctl[\"net.core.x\"]: expected a string, found a number"},
      {with_linux(R"("timeOffsets":{"realtime":{"secs":1}})"),
       "linux.timeOffsets: \"realtime\" is none of monotonic, boottime"},
      {with_linux(R"("seccomp":{"defaultAction":"ALLOW"})"),
       "linux.seccomp.defaultAction: \"ALLOW\" is none of"},
      {with_linux(R"("seccomp":{"defaultAction":"SCMP_ACT_ALLOW","architectures":["x86"]})"),
       "linux.seccomp.architectures[0]: \"x86\" is none of"},
      {with_linux(R"("rootfsPropagation":"open")"), "linux.rootfsPropagation: \"open\" is none of"},
  };
  for (const auto& [document, message] : table) {
    EXPECT_THAT(message_of(document), testing::StartsWith(message)) << document;
  }
}

TEST(RuntimeSpec, ProcessNeedsAProgram) {
  const Result<Process> process = read_process(R"({"cwd":"/","args":[]})");
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().message, "args: names no program");
  EXPECT_EQ(MUST(read_process(R"({"cwd":"/","args":["id"]})")).user.uid, 0U);
}

TEST(DefaultSpec, SurvivesARoundTrip) {
  for (const Spec& spec : {default_spec(), rootless_spec(1000, 100)}) {
    const std::string text = json::write(write_spec(spec));
    const ReadSpec read = MUST(read_spec(text));
    EXPECT_THAT(read.unknown, testing::IsEmpty());
    EXPECT_EQ(json::write(write_spec(read.spec)), text);
  }
}

TEST(DefaultSpec, RootlessMapsTheCallerAndLeavesTheNetwork) {
  const Spec spec = rootless_spec(1000, 100);
  EXPECT_EQ(spec.linux_->uid_mappings.at(0).host_id, 1000U);
  EXPECT_EQ(spec.linux_->gid_mappings.at(0).host_id, 100U);
  for (const Namespace& space : spec.linux_->namespaces) EXPECT_NE(space.type, "network");
  EXPECT_FALSE(spec.linux_->resources);
  for (const Mount& mount : spec.mounts) {
    EXPECT_THAT(mount.options, testing::Not(testing::Contains("gid=5")));
    EXPECT_NE(mount.type, "sysfs");
  }
}

TEST(DefaultSpec, MaskedPathsNameEachCpu) {
  EXPECT_THAT(
      default_masked_paths(2),
      testing::IsSupersetOf({"/proc/kcore", "/sys/devices/system/cpu/cpu1/thermal_throttle"}));
}

}  // namespace
}  // namespace isle::oci
