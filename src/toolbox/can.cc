// What one process may do to another, by the kernel's rules. Security modules and a filter of A's
// own may refuse more: their labels are told where there are some.
#include <algorithm>
#include <map>

#include <linux/capability.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/mountinfo.h"
#include "toolbox/process_facts.h"

namespace isle::toolbox {

using kernel::CapabilitySet;
using kernel::facts_of;
using kernel::NamespaceKind;

namespace {

struct Pair {
  const Inventory& inventory;
  const ProcessFacts &a, &b;

  bool has(int capability, Index user_namespace, std::string& rule) const {
    const Power power = power_over(inventory, a, user_namespace);
    const bool has = power.set.contains(capability);
    rule = format("{}{}: {}", has ? "" : "no ", kernel::capability_name(capability), power.rule);
    return has;
  }
  std::string name(Index index) const {
    return index == kNone ? "?" : inventory.namespaces[index].name.str();
  }
};

Verdict see(const Pair& pair) {
  const Index a = pair.a.space(NamespaceKind::Pid), b = pair.b.space(NamespaceKind::Pid);
  const bool may = is_ancestor(pair.inventory, a, b);
  return {
      .what = "see",
      .may = may,
      .rule = a == b ? "both are in one PID namespace"
              : may  ? format("its PID namespace is above {}, in a procfs of its own", pair.name(b))
                     : format("{} is not below its PID namespace {}", pair.name(b), pair.name(a))};
}

Verdict signal(const Pair& pair) {
  Verdict verdict{.what = "signal", .may = false, .rule = {}};
  if (!see(pair).may) {
    verdict.rule = "it has no number for it (a pidfd would do)";
    return verdict;
  }
  for (const std::uint32_t mine : {pair.a.uid[0], pair.a.uid[1]}) {
    if (mine == pair.b.uid[0] || mine == pair.b.uid[2]) {
      verdict.may = true;
      verdict.rule = format("user {} is the other's real or saved user (kill(2))", mine);
      return verdict;
    }
  }
  verdict.may = pair.has(CAP_KILL, pair.b.space(NamespaceKind::User), verdict.rule);
  return verdict;
}

// PTRACE_MODE_READ: reading /proc/PID/root, ns, environ, maps.
bool may_read(const Pair& pair, std::string& rule) {
  const bool same_user = std::ranges::all_of(std::array{0, 1, 2}, [&](std::size_t i) {
    return pair.b.uid[i] == pair.a.uid[1] && pair.b.gid[i] == pair.a.gid[1];
  });
  const bool same_space = pair.a.space(NamespaceKind::User) == pair.b.space(NamespaceKind::User);
  const bool fewer = pair.a.capabilities.permitted.contains(pair.b.capabilities.permitted);
  if (same_user && pair.b.dumpable && same_space && fewer) {
    rule = "the same user and group, no capability more, and dumpable (ptrace(2))";
    return true;
  }
  const bool has = pair.has(CAP_SYS_PTRACE, pair.b.space(NamespaceKind::User), rule);
  if (has && same_space && !fewer) {
    // Documented for the commoncap module: CAP_SYS_PTRACE covers this too.
    rule += ", though the other has capabilities it lacks";
  }
  if (!has && same_user && !pair.b.dumpable) rule = format("it is not dumpable, and {}", rule);
  return has;
}

Verdict trace(const Pair& pair) {
  Verdict verdict{.what = "trace", .may = false, .rule = {}};
  verdict.may = may_read(pair, verdict.rule);
  const std::string scope(
      trim(kernel::read_file(HostPath("/proc/sys/kernel/yama/ptrace_scope")).value_or("0")));
  std::string power;
  const bool has = pair.has(CAP_SYS_PTRACE, pair.b.space(NamespaceKind::User), power);
  if (verdict.may && (scope == "3" || (scope != "0" && !has))) {
    verdict.may = false;
    verdict.rule = format("yama's ptrace_scope is {}", scope);
  }
  return verdict;
}

Verdict reach(const Pair& pair) {
  const Index a = pair.a.space(NamespaceKind::Net), b = pair.b.space(NamespaceKind::Net);
  return {.what = "reach by 127.0.0.1 and abstract sockets",
          .may = a == b,
          .rule = a == b ? format("both are in {}", pair.name(a))
                         : format("{} and {}: only what routes and firewalls let through",
                                  pair.name(a),
                                  pair.name(b))};
}

Verdict read_root(const Pair& pair) {
  Verdict verdict{.what = "read /proc/PID/root", .may = false, .rule = {}};
  verdict.may = see(pair).may && may_read(pair, verdict.rule);
  if (verdict.rule.empty()) verdict.rule = "it does not see it";
  return verdict;
}

// mount_namespaces(7): what is mounted below a member of a peer group appears below all members,
// and below their slaves.
Verdict propagate(const Pair& pair) {
  const Index a = pair.a.space(NamespaceKind::Mnt), b = pair.b.space(NamespaceKind::Mnt);
  Verdict verdict{.what = "mount what the other sees",
                  .may = a == b,
                  .rule = a == b ? format("both are in {}", pair.name(a))
                                 : "no mount of its is in a peer group that the other hears of"};
  std::string power;
  if (!pair.has(CAP_SYS_ADMIN, judge_of(pair.inventory, a), power)) {
    verdict.may = false;
    verdict.rule = power;
    return verdict;
  }
  if (a == b) return verdict;
  std::map<int, std::string> mine;
  for (const kernel::MountLine& line : kernel::parse_mounts(pair.a.mountinfo)) {
    if (line.shared != 0) mine.try_emplace(line.shared, line.point);
  }
  for (const kernel::MountLine& line : kernel::parse_mounts(pair.b.mountinfo)) {
    for (const bool is_peer : {true, false}) {
      const auto found = mine.find(is_peer ? line.shared : line.master);
      if (found == mine.end()) continue;
      verdict.may = true;
      verdict.rule = format("below {} it appears below the other's {}: {} peer group {}",
                            found->second,
                            line.point,
                            is_peer ? "both are in" : "a slave of",
                            found->first);
      return verdict;
    }
  }
  return verdict;
}

// A security module may refuse what the other rules allow: it goes by labels.
Verdict with_labels(const Pair& pair, Verdict verdict) {
  const auto bound = [](const std::string& label) {
    return !label.empty() && !label.starts_with("unconfined") && label != "kernel";
  };
  if (verdict.may && (bound(pair.a.label) || bound(pair.b.label))) {
    verdict.rule += format("; unless the security module minds: {} and {}",
                           quoted(pair.a.label),
                           quoted(pair.b.label));
  }
  return verdict;
}

Verdict join_kind(const Pair& pair, NamespaceKind kind) {
  const Index target = pair.b.space(kind), own = pair.a.space(NamespaceKind::User);
  Verdict verdict{.what = format("setns {}", facts_of(kind).name), .may = false, .rule = {}};
  std::string mine;
  verdict.may = pair.has(CAP_SYS_ADMIN, judge_of(pair.inventory, target), verdict.rule);
  if (!verdict.may) return verdict;
  if (kind == NamespaceKind::Pid && !is_ancestor(pair.inventory, pair.a.space(kind), target)) {
    verdict.may = false;
    verdict.rule = "only PID namespaces below one's own can be joined";
  } else if (kind != NamespaceKind::User && !pair.has(CAP_SYS_ADMIN, own, mine)) {
    verdict.may = false;
    verdict.rule =
        format("{} (needed in its own, too, unless it joins the user namespace first)", mine);
  } else if (kind == NamespaceKind::Mnt && !pair.has(CAP_SYS_CHROOT, own, mine)) {
    verdict.may = false;
    verdict.rule = mine;
  }
  return verdict;
}

}  // namespace

std::vector<Verdict> can(const Inventory& inventory, const ProcessFacts& a, const ProcessFacts& b) {
  const Pair pair{.inventory = inventory, .a = a, .b = b};
  std::vector<Verdict> verdicts = {see(pair),
                                   with_labels(pair, signal(pair)),
                                   with_labels(pair, trace(pair)),
                                   reach(pair),
                                   with_labels(pair, read_root(pair)),
                                   propagate(pair)};
  for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
    const Index target = b.space(facts.kind);
    if (target == kNone || target == a.space(facts.kind)) continue;
    verdicts.push_back(join_kind(pair, facts.kind));
  }
  return verdicts;
}

}  // namespace isle::toolbox
