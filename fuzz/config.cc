// config.json: anyone may hand islet a bundle. Whatever is read can be written, reads back as the
// same, and has a plan or a refusal on hosts of each kind; a plan can be put into words.

#include "check.h"
#include "oci/runtime_spec_json.h"
#include "runtime/plan/make_plan.h"

namespace {

using namespace isle;

runtime::HostFacts facts_of(std::string_view mountinfo, std::string_view controllers, bool root) {
  runtime::HostFacts facts;
  facts.euid = root ? 0 : 1000;
  facts.egid = facts.euid;
  if (root) facts.effective = kernel::CapabilitySet::up_to(40);
  for (kernel::RlimitValue& limit : facts.limits) limit = {.soft = 1024, .hard = 4096};
  facts.cgroups = kernel::cgroup::parse_layout(mountinfo, "0::/\n4:memory:/\n", controllers);
  facts.may_make_cgroups = root;
  return facts;
}

constexpr std::string_view kV2 = "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr std::string_view kV1 =
    "30 20 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "31 20 0:27 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"
    "32 20 0:28 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
    "33 20 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
    "34 20 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";

void plan(const oci::Spec& spec, const runtime::HostFacts& facts) {
  const auto plan = runtime::make_plan(
      {.id = "fuzz", .bundle = HostPath("/bundle"), .spec = spec, .wait_for_start = true}, facts);
  if (!plan) {
    fuzz::check(!plan.error().describe().empty(), "a refusal has words");
    return;
  }
  fuzz::check(!plan->steps.empty(), "a plan has steps");
  fuzz::check(!runtime::describe_plan(*plan, nullptr).empty(), "a plan has words");
  static_cast<void>(json::write(runtime::plan_json(*plan, nullptr)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = oci::read_spec(fuzz::text_of(data, size));
  if (!read) return 0;
  const std::string written = json::write(oci::write_spec(read->spec));
  const auto again = oci::read_spec(written);
  fuzz::check(again.has_value(), "what was written can be read");
  fuzz::check(json::write(oci::write_spec(again->spec)) == written, "reading changes nothing");
  static const runtime::HostFacts kHosts[] = {
      facts_of(kV2, "cpu memory pids io cpuset", true),
      facts_of(kV1, "", true),
      facts_of(kV2, "memory pids", false),
  };
  for (const runtime::HostFacts& host : kHosts) plan(read->spec, host);
  return 0;
}
