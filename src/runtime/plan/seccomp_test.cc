#include "runtime/plan/seccomp.h"

#include <cerrno>

#include <gtest/gtest.h>
#include <linux/seccomp.h>

namespace isle::runtime {
namespace {

oci::Seccomp sample() {
  oci::Seccomp seccomp;
  seccomp.default_action = "SCMP_ACT_ERRNO";
  seccomp.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X32"};
  seccomp.flags = {"SECCOMP_FILTER_FLAG_LOG"};
  seccomp.syscalls = {
      {.names = {"read"}, .action = "SCMP_ACT_ALLOW", .errno_ret = {}, .args = {}},
      {.names = {"clone"},
       .action = "SCMP_ACT_TRACE",
       .errno_ret = 9,
       .args = {{.index = 0, .value = 7, .value_two = 1, .op = "SCMP_CMP_MASKED_EQ"}}}};
  return seccomp;
}

std::string refusal(auto change) {
  oci::Seccomp seccomp = sample();
  change(seccomp);
  const auto filter = seccomp_filter(seccomp);
  return filter ? "accepted" : filter.error().message;
}

TEST(SeccompPlan, NamesBecomeTypedRules) {
  const auto filter = seccomp_filter(sample());
  ASSERT_TRUE(filter) << filter.error().describe();
  using kernel::SeccompAction;
  EXPECT_EQ(filter->fallback,
            (kernel::SeccompOutcome{.action = SeccompAction::Errno, .data = EPERM}));
  EXPECT_EQ(filter->architectures, (std::vector<std::string>{"X86_64", "X32"}));
  EXPECT_EQ(filter->flags, std::uint32_t{SECCOMP_FILTER_FLAG_LOG});
  ASSERT_EQ(filter->rules.size(), 2U);
  EXPECT_EQ(filter->rules[1].outcome,
            (kernel::SeccompOutcome{.action = SeccompAction::Trace, .data = 9}));
  EXPECT_EQ(
      filter->rules[1].conditions[0],
      (kernel::SeccompCondition{
          .index = 0, .op = kernel::SeccompOperator::MaskedEqual, .value = 7, .value_two = 1}));
}

TEST(SeccompPlan, RefusalsNameThePlace) {
  EXPECT_EQ(refusal([](auto& s) { s.syscalls[1].args[0].op = "SCMP_CMP_LIKE"; }),
            "linux.seccomp.syscalls[1].args[0].op: unknown operator \"SCMP_CMP_LIKE\"");
  EXPECT_EQ(refusal([](auto& s) { s.syscalls[1].args[0].index = 6; }),
            "linux.seccomp.syscalls[1].args[0].index: 6 is no argument of a system call");
  EXPECT_EQ(refusal([](auto& s) { s.syscalls[0].action = "SCMP_ACT_MAYBE"; }),
            "linux.seccomp.syscalls[0].action: unknown action \"SCMP_ACT_MAYBE\"");
  EXPECT_EQ(refusal([](auto& s) { s.syscalls[0].names.clear(); }),
            "linux.seccomp.syscalls[0].names: a rule names no system call");
  EXPECT_EQ(refusal([](auto& s) { s.default_action.clear(); }),
            "linux.seccomp.defaultAction: unknown action \"\"");
  EXPECT_EQ(refusal([](auto& s) { s.default_errno_ret = 4096; }),
            "linux.seccomp.defaultErrnoRet: 4096 is above 4095");
  EXPECT_EQ(refusal([](auto& s) { s.architectures[1] = "X86"; }),
            "linux.seccomp.architectures[1]: unknown architecture \"X86\"");
  EXPECT_EQ(refusal([](auto& s) { s.flags[0] = "LOG"; }),
            "linux.seccomp.flags[0]: unknown flag \"LOG\"");
}

TEST(SeccompPlan, AnAgentNeedsASocket) {
  const std::string needed = "linux.seccomp.listenerPath: SCMP_ACT_NOTIFY needs an agent to decide";
  EXPECT_EQ(refusal([](auto& s) { s.syscalls[0].action = "SCMP_ACT_NOTIFY"; }), needed);
  EXPECT_EQ(refusal([](auto& s) { s.default_action = "SCMP_ACT_NOTIFY"; }), needed);
  EXPECT_EQ(refusal([](auto& s) { s.listener_metadata = "x"; }),
            "linux.seccomp.listenerMetadata: there is no linux.seccomp.listenerPath to send it to");
}

TEST(SeccompPlan, TheFlagOfListenersNeedsOne) {
  oci::Seccomp seccomp{.default_action = "SCMP_ACT_ALLOW",
                       .flags = {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"},
                       .listener_path = "/run/agent"};
  EXPECT_EQ(MUST(seccomp_filter(seccomp)).flags, 0U);
  seccomp.syscalls.push_back({.names = {"mkdir"}, .action = "SCMP_ACT_NOTIFY"});
  EXPECT_EQ(MUST(seccomp_filter(seccomp)).flags, 1U << 5);
}

TEST(SeccompPlan, OnlySomeActionsHaveAnErrno) {
  EXPECT_EQ(refusal([](auto& s) {
              s.default_action = "SCMP_ACT_ALLOW";
              s.default_errno_ret = 5;
            }),
            "linux.seccomp.defaultErrnoRet: SCMP_ACT_ALLOW has no errno");
}

}  // namespace
}  // namespace isle::runtime
