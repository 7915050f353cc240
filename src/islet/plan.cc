// plan: what create would do, step by step, with nothing done. Any user may ask. A bundle without a
// user namespace can be run by root only, so for an ordinary user its plan is root's.

#include <algorithm>

#include "islet/create_options.h"
#include "kernel/systemd.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/plan/describe.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    kBundleOption,
    kConfigOption,
    {.name = "json", .help = "for programs"},
    {.name = "id",
     .value = "ID",
     .help = "the container's id, which names its control group (plan)"},
    {.name = "create", .help = "the plan of create, which waits for start, not of run"},
    kNoPivotOption,
    kNoNewKeyringOption,
    kPreserveFdsOption,
    kPidFileOption,
};

Result<runtime::PlanRequest> read_request(const Globals& globals, const Arguments& arguments) {
  const std::string path =
      arguments.words().empty() ? arguments.text("bundle").value_or("") : arguments.words()[0];
  Bundle bundle = TRY(open_bundle(globals, path, arguments.text("config").value_or("config.json")));
  runtime::PlanRequest request{.id = arguments.text("id").value_or("plan"),
                               .bundle = std::move(bundle.directory),
                               .spec = std::move(bundle.spec)};
  TRY(runtime::check_container_id(request.id));
  request.wait_for_start = arguments.on("create");
  request.no_pivot = arguments.on("no-pivot");
  request.no_new_keyring = arguments.on("no-new-keyring");
  request.preserve_fds = TRY(arguments.number("preserve-fds"));
  if (const auto file = arguments.text("pid-file")) request.pid_file = TRY(absolute(*file));
  return request;
}

bool has_user_namespace(const oci::Spec& spec) {
  return spec.linux_ &&
         std::ranges::any_of(spec.linux_->namespaces,
                             [](const oci::Namespace& space) { return space.type == "user"; });
}

Result<runtime::HostFacts> facts_for(const Globals& globals, const oci::Spec& spec) {
  runtime::HostFacts facts = TRY(runtime::gather_facts());
  if (!facts.privileged() && !has_user_namespace(spec)) {
    globals.log.write(Level::Info, "no user namespace is asked for: this is the plan for root");
    facts.euid = facts.egid = 0;
    facts.effective = kernel::CapabilitySet::up_to(facts.last_capability);
    facts.may_make_cgroups = true;
  }
  if (globals.systemd_cgroup) {
    const kernel::Systemd systemd = TRY(kernel::Systemd::connect(
        facts.host_root() ? kernel::Manager::System : kernel::Manager::User));
    TRY(runtime::use_systemd(facts, systemd.group()));
  }
  if (globals.make_cgroups) facts.may_make_cgroups = *globals.make_cgroups;
  return facts;
}

Result<int> run(const Globals& globals, const Arguments& arguments) {
  runtime::PlanRequest request = TRY(read_request(globals, arguments));
  request.systemd_cgroup = globals.systemd_cgroup;
  const runtime::HostFacts facts = TRY(facts_for(globals, request.spec));
  const runtime::LaunchPlan plan = TRY(runtime::make_plan(request, facts));
  if (arguments.on("json")) {
    TRY(print(json::write_pretty(runtime::plan_json(plan, nullptr)) + "\n"));
    return 0;
  }
  TRY(print(runtime::describe_plan(plan, nullptr)));
  return 0;
}

}  // namespace

const Verb kPlan{.name = "plan",
                 .words = "[BUNDLE]",
                 .summary = "print the steps that would make a container, and do none",
                 .options = kOptions,
                 .most_words = 1,
                 .run = run};

}  // namespace isle::islet
