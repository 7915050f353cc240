// The plan as a table of cases that reads in a diff: tests/golden/NAME.json says what is asked and
// on which host, NAME.plan is what comes of it, one line a step. With ISLE_UPDATE_GOLDEN=1 the
// plans are written anew; read the diff before it is committed.
//
//   {"about": "why this case is there",
//    "facts": "root-hybrid",     of facts/, which also says who asks
//    "base": "default",          or "rootless": what `islet spec` writes
//    "spec": {...},              merged over it: RFC 7396, so that null removes a member
//    "request": {"id", "bundle", "waitForStart", "noPivot", "noNewKeyring", "preserveFds",
//    "pidFile"}, "exec": {...}}              instead: the process of exec, merged over the
//    container's

#include <dirent.h>

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "oci/default_spec.h"
#include "oci/runtime_spec_json.h"
#include "runtime/plan/make_plan.h"

namespace isle::runtime {
namespace {

HostPath golden_directory() { return HostPath(ISLE_SOURCE_DIR) / "tests/golden"; }

json::Value read_json(const HostPath& path) {
  const std::string document = MUST(kernel::read_file(path));
  return MUST(json::parse(document));
}

// RFC 7396 "JSON Merge Patch", section 2.
void merge(json::Value& target, const json::Value& patch) {
  if (patch.object() == nullptr) {
    target = patch;
    return;
  }
  if (target.object() == nullptr) target = json::Object{};
  for (const json::Member& member : *patch.object()) {
    if (member.value.is_null()) {
      std::erase_if(*target.object(), [&](const auto& had) { return had.key == member.key; });
    } else {
      merge(target[member.key], member.value);
    }
  }
}

std::string lines(const json::Value* value) {
  std::string text;
  if (value == nullptr) return text;
  for (const json::Value& line : *value->array()) text += *line.string() + "\n";
  return text;
}
std::int64_t number(const json::Value& document, std::string_view key, std::int64_t absent) {
  const json::Value* value = document.find(key);
  return value == nullptr ? absent : *value->integer();
}
bool flag(const json::Value& document, std::string_view key) {
  const json::Value* value = document.find(key);
  return value != nullptr && *value->boolean();
}
std::string text(const json::Value& document, std::string_view key, std::string_view absent) {
  const json::Value* value = document.find(key);
  return value == nullptr ? std::string(absent) : *value->string();
}

HostFacts read_facts(const std::string& name) {
  const json::Value document = read_json(golden_directory() / "facts" / (name + ".json"));
  HostFacts facts;
  facts.euid = facts.egid = static_cast<uid_t>(number(document, "euid", 0));
  for (const json::Value& word : *document.find("capabilities")->array()) {
    facts.effective = facts.effective | MUST(kernel::parse_capability(*word.string()));
  }
  const auto limit = static_cast<std::uint64_t>(number(document, "openFiles", 1048576));
  facts.limits[RLIMIT_NOFILE] = {.soft = limit, .hard = limit};
  if (document.find("mostOpenFiles") != nullptr) {
    facts.most_open_files = static_cast<std::uint64_t>(number(document, "mostOpenFiles", 0));
  }
  facts.cgroups = kernel::cgroup::parse_layout(lines(document.find("mountinfo")),
                                               lines(document.find("cgroup")),
                                               text(document, "controllers", ""));
  facts.may_make_cgroups = flag(document, "mayMakeCgroups");
  // Where the user's groups are made: only in hierarchies that the facts then list.
  if (const std::string base = text(document, "delegated", ""); !base.empty()) {
    facts.delegated_cgroups = true;
    for (kernel::cgroup::Hierarchy& tree : facts.cgroups.hierarchies) tree.base = base;
  }
  if (const json::Value* systemd = document.find("systemd")) {
    facts.systemd = Systemd{.user = flag(*systemd, "user"), .group = text(*systemd, "group", "")};
  }
  facts.selinux = flag(document, "selinux");
  facts.resctrl = text(document, "resctrl", "");
  return facts;
}

Result<LaunchPlan> plan_of(const json::Value& asked) {
  const HostFacts facts = read_facts(text(asked, "facts", "root-hybrid"));
  json::Value document = oci::write_spec(text(asked, "base", "default") == "rootless"
                                             ? oci::rootless_spec(facts.euid, facts.egid)
                                             : oci::default_spec());
  if (const json::Value* patch = asked.find("spec")) merge(document, *patch);
  const oci::Spec spec = TRY(oci::read_spec(json::write(document))).spec;
  const json::Value* found = asked.find("request");
  const json::Value request = found == nullptr ? json::Value(json::Object{}) : *found;
  if (const json::Value* patch = asked.find("exec")) {
    json::Value process = *document.find("process");
    merge(process, *patch);
    ExecPlanRequest exec{.id = "box", .process = TRY(oci::read_process(json::write(process)))};
    for (const oci::Namespace& space : spec.linux_->namespaces) {
      exec.namespaces.push_back(space.type);
      exec.own_user_namespace |= space.type == "user";
    }
    exec.seccomp = spec.linux_->seccomp;
    exec.memory_policy = spec.linux_->memory_policy;
    exec.personality = spec.linux_->personality;
    for (const kernel::cgroup::Hierarchy& tree : facts.cgroups.hierarchies) {
      (tree.version == kernel::cgroup::Version::V1 ? exec.groups.v1 : exec.groups.v2) = true;
    }
    return make_exec_plan(exec, facts);
  }
  return make_plan({.id = text(request, "id", "box"),
                    .bundle = HostPath(text(request, "bundle", "/bundle")),
                    .spec = spec,
                    .wait_for_start = flag(request, "waitForStart"),
                    .no_pivot = flag(request, "noPivot"),
                    .no_new_keyring = flag(request, "noNewKeyring"),
                    .preserve_fds = static_cast<unsigned>(number(request, "preserveFds", 0)),
                    .pid_file = HostPath(text(request, "pidFile", "")),
                    .systemd_cgroup = facts.systemd.has_value()},
                   facts);
}

// Without the steps' numbers: one more step is one more line in a diff.
std::string golden_text(const Result<LaunchPlan>& plan) {
  if (!plan) return "error: " + plan.error().describe() + "\nhint: " + plan.error().hint + "\n";
  std::string out;
  const std::string words = describe_plan(*plan, nullptr);
  for (const std::string_view line : split(words, '\n')) {
    if (line.empty()) continue;
    const std::size_t start =
        line.starts_with("warning") ? 0 : line.find_first_not_of(" 0123456789");
    out.append(line.substr(start)).append("\n");
  }
  return out;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  DIR* directory = opendir(golden_directory().c_str());
  if (directory == nullptr) return names;
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name.ends_with(".json")) names.emplace_back(name.substr(0, name.size() - 5));
  }
  closedir(directory);
  std::ranges::sort(names);
  return names;
}

class GoldenPlan : public testing::TestWithParam<std::string> {};

TEST_P(GoldenPlan, IsAsWritten) {
  const json::Value asked = read_json(golden_directory() / (GetParam() + ".json"));
  const std::string got = golden_text(plan_of(asked));
  const HostPath expected = golden_directory() / (GetParam() + ".plan");
  if (getenv("ISLE_UPDATE_GOLDEN") != nullptr) {
    MUST(kernel::replace_file(expected, got, 0644, false));
    return;
  }
  const Result<std::string> written = kernel::read_file(expected);
  ASSERT_TRUE(written) << "no " << expected.str() << ": run this test with ISLE_UPDATE_GOLDEN=1";
  EXPECT_EQ(got, *written) << "if this is meant, run with ISLE_UPDATE_GOLDEN=1 and read the diff";
}

// The same request gives the same plan: nothing of this host comes in.
TEST_P(GoldenPlan, IsTheSameAgain) {
  const json::Value asked = read_json(golden_directory() / (GetParam() + ".json"));
  EXPECT_EQ(golden_text(plan_of(asked)), golden_text(plan_of(asked)));
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenPlan, testing::ValuesIn(case_names()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(GoldenPlans, AreThere) { EXPECT_GE(case_names().size(), 12U); }

}  // namespace
}  // namespace isle::runtime
