#include "runtime/plan/seccomp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <linux/seccomp.h>

#include "base/strings.h"
#include "kernel/seccomp_arch.h"

namespace isle::runtime {

namespace {
using kernel::SeccompAction;
using kernel::SeccompOperator;

// The kernel cuts a higher number down to this (kernel/seccomp.c, MAX_ERRNO).
constexpr std::uint32_t kMaxErrno = 4095;
constexpr std::uint32_t kMaxTraceMessage = 0xffff;

constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";

template <typename T>
struct Row {
  std::string_view name;
  T value;
};

constexpr auto kActions = std::to_array<Row<SeccompAction>>({
    {"SCMP_ACT_KILL", SeccompAction::KillThread},  // the name from before there were two
    {"SCMP_ACT_KILL_THREAD", SeccompAction::KillThread},
    {"SCMP_ACT_KILL_PROCESS", SeccompAction::KillProcess},
    {"SCMP_ACT_TRAP", SeccompAction::Trap},
    {"SCMP_ACT_ERRNO", SeccompAction::Errno},
    {"SCMP_ACT_TRACE", SeccompAction::Trace},
    {"SCMP_ACT_LOG", SeccompAction::Log},
    {"SCMP_ACT_ALLOW", SeccompAction::Allow},
    {kNotify, SeccompAction::Notify},
});

constexpr auto kOperators = std::to_array<Row<SeccompOperator>>({
    {"SCMP_CMP_NE", SeccompOperator::NotEqual},
    {"SCMP_CMP_LT", SeccompOperator::Less},
    {"SCMP_CMP_LE", SeccompOperator::LessOrEqual},
    {"SCMP_CMP_EQ", SeccompOperator::Equal},
    {"SCMP_CMP_GE", SeccompOperator::GreaterOrEqual},
    {"SCMP_CMP_GT", SeccompOperator::Greater},
    {"SCMP_CMP_MASKED_EQ", SeccompOperator::MaskedEqual},
});

constexpr auto kFlags = std::to_array<Row<std::uint32_t>>({
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
});

template <typename T, std::size_t n>
std::optional<T> find(const std::array<Row<T>, n>& rows, std::string_view name) {
  const auto* row = std::ranges::find(rows, name, &Row<T>::name);
  if (row == rows.end()) return std::nullopt;
  return row->value;
}

std::unexpected<Error> unknown(const std::string& path,
                               std::string_view value,
                               std::string_view what) {
  return fail(ErrorKind::InvalidArgument, format("{}: unknown {} {}", path, what, quoted(value)));
}

Result<kernel::SeccompOutcome> outcome_of(std::string_view action,
                                          const std::optional<std::uint32_t>& errno_ret,
                                          const std::string& path,
                                          std::string_view action_member,
                                          std::string_view errno_member) {
  const std::string action_path = format("{}.{}", path, action_member);
  const auto known = find(kActions, action);
  if (!known) return unknown(action_path, action, "action");
  const bool has_data = *known == SeccompAction::Errno || *known == SeccompAction::Trace;
  if (errno_ret && !has_data) {
    return fail(ErrorKind::InvalidArgument,
                format("{}.{}: {} has no errno", path, errno_member, action),
                "leave it out; only SCMP_ACT_ERRNO and SCMP_ACT_TRACE take one");
  }
  const std::uint32_t limit = *known == SeccompAction::Trace ? kMaxTraceMessage : kMaxErrno;
  if (errno_ret.value_or(0) > limit) {
    return fail(ErrorKind::InvalidArgument,
                format("{}.{}: {} is above {}", path, errno_member, *errno_ret, limit));
  }
  const auto data = static_cast<std::uint16_t>(has_data ? errno_ret.value_or(EPERM) : 0);
  return kernel::SeccompOutcome{.action = *known, .data = data};
}

Result<kernel::SeccompCondition> condition_of(const oci::SeccompArg& arg, const std::string& path) {
  if (arg.index > 5) {
    return fail(ErrorKind::InvalidArgument,
                format("{}.index: {} is no argument of a system call", path, arg.index),
                "arguments are counted from 0 to 5");
  }
  const auto op = find(kOperators, arg.op);
  if (!op) return unknown(path + ".op", arg.op, "operator");
  return kernel::SeccompCondition{
      .index = arg.index, .op = *op, .value = arg.value, .value_two = arg.value_two};
}

Result<kernel::SeccompRule> rule_of(const oci::SeccompRule& rule, const std::string& path) {
  if (rule.names.empty()) {
    return fail(ErrorKind::InvalidArgument, format("{}.names: a rule names no system call", path));
  }
  kernel::SeccompRule result;
  result.names = rule.names;
  result.outcome = TRY(outcome_of(rule.action, rule.errno_ret, path, "action", "errnoRet"));
  for (std::size_t i = 0; i < rule.args.size(); ++i) {
    result.conditions.push_back(TRY(condition_of(rule.args[i], format("{}.args[{}]", path, i))));
  }
  return result;
}

Result<std::vector<std::string>> architectures_of(const oci::Seccomp& seccomp) {
  constexpr std::string_view kPrefix = "SCMP_ARCH_";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < seccomp.architectures.size(); ++i) {
    const std::string& name = seccomp.architectures[i];
    const std::string bare =
        name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : std::string();
    if (kernel::find_seccomp_arch(bare) == nullptr) {
      auto error = unknown(format("linux.seccomp.architectures[{}]", i), name, "architecture");
      error.error().hint = "known with SCMP_ARCH_ before them: " + kernel::seccomp_arch_names();
      return error;
    }
    names.push_back(bare);
  }
  return names;
}

Result<std::uint32_t> flags_of(const oci::Seccomp& seccomp) {
  std::uint32_t flags = 0;
  for (std::size_t i = 0; i < seccomp.flags.size(); ++i) {
    const std::string& name = seccomp.flags[i];
    const std::string path = format("linux.seccomp.flags[{}]", i);
    const auto flag = find(kFlags, name);
    if (!flag) return unknown(path, name, "flag");
    flags |= *flag;
  }
  // The kernel takes it only together with a listener; without one nothing waits for an agent.
  if (!seccomp_notifies(seccomp)) flags &= ~std::uint32_t{SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV};
  return flags;
}

Result<void> check_listener(const oci::Seccomp& seccomp) {
  if (!seccomp.listener_path.empty()) return {};
  if (seccomp_notifies(seccomp)) {
    return fail(ErrorKind::InvalidArgument,
                "linux.seccomp.listenerPath: SCMP_ACT_NOTIFY needs an agent to decide",
                "name the UNIX socket on which the agent listens");
  }
  if (seccomp.listener_metadata.empty()) return {};
  return fail(
      ErrorKind::InvalidArgument,
      "linux.seccomp.listenerMetadata: there is no linux.seccomp.listenerPath to send it to");
}
}  // namespace

bool seccomp_notifies(const oci::Seccomp& seccomp) {
  return seccomp.default_action == kNotify ||
         std::ranges::any_of(seccomp.syscalls,
                             [](const oci::SeccompRule& rule) { return rule.action == kNotify; });
}

std::string seccomp_summary(const oci::Seccomp& seccomp) {
  // Made for every start, read with --explain alone: no name is looked at.
  std::size_t allowed = 0, conditional = 0, other = 0;
  for (const oci::SeccompRule& rule : seccomp.syscalls) {
    if (rule.action != "SCMP_ACT_ALLOW") {
      other += rule.names.size();
    } else if (rule.args.empty()) {
      allowed += rule.names.size();
    } else {
      ++conditional;
    }
  }
  if (seccomp.default_action == "SCMP_ACT_ALLOW" || seccomp.default_action == "SCMP_ACT_LOG") {
    return format("all calls pass but {}", other);
  }
  return format("{} calls pass, and by {} rules some with certain arguments; others: {}",
                allowed,
                conditional,
                seccomp.default_action == "SCMP_ACT_ERRNO"
                    ? errno_words(static_cast<int>(seccomp.default_errno_ret.value_or(EPERM)))
                    : seccomp.default_action);
}

Result<kernel::SeccompFilter> seccomp_filter(const oci::Seccomp& seccomp) {
  const std::string root = "linux.seccomp";
  TRY(check_listener(seccomp));
  kernel::SeccompFilter filter;
  filter.fallback = TRY(outcome_of(
      seccomp.default_action, seccomp.default_errno_ret, root, "defaultAction", "defaultErrnoRet"));
  filter.architectures = TRY(architectures_of(seccomp));
  filter.flags = TRY(flags_of(seccomp));
  filter.rules.reserve(seccomp.syscalls.size());
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i) {
    filter.rules.push_back(TRY(rule_of(seccomp.syscalls[i], format("{}.syscalls[{}]", root, i))));
  }
  return filter;
}

}  // namespace isle::runtime
