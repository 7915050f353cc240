// Two processes side by side: only what differs.
#include <map>

#include <limits.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/mountinfo.h"
#include "toolbox/process_facts.h"

namespace isle::toolbox {

namespace {

using Facts = std::map<std::string, std::string>;

std::string file_of(Pid pid, const char* name) {
  return kernel::read_file(HostPath(format("/proc/{}/{}", pid.value, name))).value_or("");
}

std::string link_of(Pid pid, const char* name) {
  char text[PATH_MAX];
  const ssize_t length =
      readlink(format("/proc/{}/{}", pid.value, name).c_str(), text, sizeof text);
  return length < 0 ? "" : std::string(text, static_cast<std::size_t>(length));
}

void add_status(Facts& facts, const ProcessFacts& process) {
  constexpr std::pair<const char*, const char*> kKeys[] = {
      {"Uid", "user ids"},
      {"Gid", "group ids"},
      {"Groups", "groups"},
      {"NoNewPrivs", "no new privileges"},
      {"Seccomp", "seccomp mode"},
      {"Seccomp_filters", "seccomp filters"},
      {"Cpus_allowed_list", "cpus"},
      {"Mems_allowed_list", "memory nodes"},
      {"Umask", "umask"},
  };
  for (const auto& [key, words] : kKeys) {
    std::string value = status_line(process.status, key);
    for (char& c : value) c = c == '\t' ? ' ' : c;
    facts[words] = std::move(value);
  }
}

void add_capabilities(Facts& facts, const kernel::CapabilityState& state) {
  const auto words = [](kernel::CapabilitySet set) {
    return set == kernel::CapabilitySet::up_to(kernel::kLastKnownCapability)
               ? std::string("all")
               : join(kernel::capability_names(set), " ");
  };
  facts["capabilities, effective"] = words(state.effective);
  facts["capabilities, permitted"] = words(state.permitted);
  facts["capabilities, bounding"] = words(state.bounding);
  facts["capabilities, inheritable"] = words(state.inheritable);
  facts["capabilities, ambient"] = words(state.ambient);
}

void add_limits(Facts& facts, Pid pid) {
  const std::string text = file_of(pid, "limits");
  for (const std::string_view line : split(text, '\n')) {
    if (line.size() < 40 || line.starts_with("Limit ")) continue;
    std::string value;
    for (const std::string_view word : split(line.substr(26), ' ')) {
      if (!word.empty()) value += (value.empty() ? "" : " ") + std::string(word);
    }
    facts[format("limit, {}", lower(trim(line.substr(0, 26))))] = value;
  }
}

void add_groups(Facts& facts, Pid pid) {
  const std::string text = file_of(pid, "cgroup");
  for (const std::string_view line : split(text, '\n')) {
    const Cut id = cut(line, ':');
    const Cut name = cut(id.after, ':');
    if (name.found)
      facts[format("cgroup {}", name.before.empty() ? "v2" : name.before)] = name.after;
  }
}

void add_mounts(Facts& facts, Pid pid) {
  for (const kernel::MountLine& mount : kernel::parse_mounts(file_of(pid, "mountinfo"))) {
    facts[format("mount {}", mount.point)] =
        format("{} {} {}", mount.type, mount.source, mount.options);
  }
}

Facts facts_for(const Inventory& inventory, const ProcessFacts& process) {
  Facts facts;
  for (const kernel::NamespaceKindFacts& kind : kernel::namespace_kinds()) {
    const Index index = process.space(kind.kind);
    facts[format("namespace {}", kind.name)] =
        index == kNone ? "" : inventory.namespaces[index].name.str();
  }
  facts["map of users"] = map_words(process.uid_map);
  facts["map of groups"] = map_words(process.gid_map);
  add_status(facts, process);
  add_capabilities(facts, process.capabilities);
  add_limits(facts, process.pid);
  add_groups(facts, process.pid);
  add_mounts(facts, process.pid);
  std::string offsets;
  const std::string clocks = file_of(process.pid, "timens_offsets");
  for (const std::string_view word : split(clocks, ' ')) {
    if (!word.empty()) offsets += (offsets.empty() ? "" : " ") + std::string(trim(word));
  }
  for (char& c : offsets) c = c == '\n' ? ' ' : c;
  facts["clock offsets"] = offsets;
  facts["label"] = trim(file_of(process.pid, "attr/current"));
  facts["oom score adjustment"] = trim(file_of(process.pid, "oom_score_adj"));
  facts["root"] = link_of(process.pid, "root");
  return facts;
}

}  // namespace

std::vector<Difference> differences(const Inventory& inventory,
                                    const ProcessFacts& a,
                                    const ProcessFacts& b) {
  Facts left = facts_for(inventory, a);
  const Facts right = facts_for(inventory, b);
  for (const auto& [what, value] : right) left.try_emplace(what);
  std::vector<Difference> found;
  for (const auto& [what, value] : left) {
    const auto other = right.find(what);
    const std::string theirs = other == right.end() ? "" : other->second;
    if (value != theirs) found.push_back({.what = what, .a = value, .b = theirs});
  }
  return found;
}

}  // namespace isle::toolbox
