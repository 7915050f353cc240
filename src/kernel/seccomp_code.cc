#include "kernel/seccomp_code.h"

#include <bit>
#include <cstddef>
#include <span>

#include <linux/seccomp.h>

namespace isle::kernel {

namespace {
constexpr std::uint8_t kFail = 0xff;  // jump offset to be patched: to the end of the rule

constexpr sock_filter statement(unsigned code, std::uint32_t k) {
  return {.code = static_cast<std::uint16_t>(code), .jt = 0, .jf = 0, .k = k};
}

constexpr sock_filter jump(unsigned test, std::uint32_t k, std::uint8_t when, std::uint8_t unless) {
  return {
      .code = static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), .jt = when, .jf = unless, .k = k};
}

constexpr sock_filter load(std::size_t offset) {
  return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

// Half of an argument; the filter sees it in the machine's byte order.
sock_filter load_argument(std::uint32_t index, bool high) {
  const bool second = high == (std::endian::native == std::endian::little);
  return load(offsetof(seccomp_data, args) + index * sizeof(std::uint64_t) + (second ? 4 : 0));
}

constexpr std::uint32_t low_half(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high_half(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

// The test of the low half, by which the condition holds or fails.
sock_filter low_test(SeccompOperator op, std::uint32_t value) {
  switch (op) {
    case SeccompOperator::NotEqual: return jump(BPF_JEQ, value, kFail, 0);
    case SeccompOperator::Less: return jump(BPF_JGE, value, kFail, 0);
    case SeccompOperator::LessOrEqual: return jump(BPF_JGT, value, kFail, 0);
    case SeccompOperator::GreaterOrEqual: return jump(BPF_JGE, value, 0, kFail);
    case SeccompOperator::Greater: return jump(BPF_JGT, value, 0, kFail);
    case SeccompOperator::Equal:
    case SeccompOperator::MaskedEqual: break;
  }
  return jump(BPF_JEQ, value, 0, kFail);
}

// Where the high half decides already, two instructions (load and test of the low half) are passed
// over; where it is equal they follow.
void append_high_tests(SeccompCode& code, SeccompOperator op, std::uint32_t value) {
  switch (op) {
    case SeccompOperator::NotEqual: code.push_back(jump(BPF_JEQ, value, 0, 2)); break;
    case SeccompOperator::Less:
    case SeccompOperator::LessOrEqual:
      code.push_back(jump(BPF_JGE, value, 0, 3));
      code.push_back(jump(BPF_JEQ, value, 0, kFail));
      break;
    case SeccompOperator::GreaterOrEqual:
    case SeccompOperator::Greater:
      code.push_back(jump(BPF_JGT, value, 3, 0));
      code.push_back(jump(BPF_JEQ, value, 0, kFail));
      break;
    case SeccompOperator::Equal:
    case SeccompOperator::MaskedEqual: code.push_back(jump(BPF_JEQ, value, 0, kFail)); break;
  }
}

void append_masked(SeccompCode& code, std::uint32_t mask, std::uint32_t value) {
  if (mask != 0xffffffff) code.push_back(statement(BPF_ALU | BPF_AND | BPF_K, mask));
  code.push_back(jump(BPF_JEQ, value, 0, kFail));
}

void append_condition(SeccompCode& code, const SeccompCondition& condition, bool wide) {
  const auto& [index, op, value, value_two] = condition;
  if (op == SeccompOperator::MaskedEqual) {
    if (wide && (high_half(value) != 0 || high_half(value_two) != 0)) {
      code.push_back(load_argument(index, true));
      append_masked(code, high_half(value), high_half(value_two));
    }
    code.push_back(load_argument(index, false));
    append_masked(code, low_half(value), low_half(value_two));
    return;
  }
  if (wide) {
    code.push_back(load_argument(index, true));
    append_high_tests(code, op, high_half(value));
  }
  code.push_back(load_argument(index, false));
  code.push_back(low_test(op, low_half(value)));
}

constexpr std::uint32_t action_word(SeccompAction action) {
  switch (action) {
    case SeccompAction::KillProcess: return SECCOMP_RET_KILL_PROCESS;
    case SeccompAction::KillThread: return SECCOMP_RET_KILL_THREAD;
    case SeccompAction::Trap: return SECCOMP_RET_TRAP;
    case SeccompAction::Errno: return SECCOMP_RET_ERRNO;
    case SeccompAction::Trace: return SECCOMP_RET_TRACE;
    case SeccompAction::Log: return SECCOMP_RET_LOG;
    case SeccompAction::Allow: return SECCOMP_RET_ALLOW;
    case SeccompAction::Notify: return SECCOMP_RET_USER_NOTIF;
  }
  return SECCOMP_RET_KILL_PROCESS;
}

struct Range {
  std::uint32_t start;
  const SeccompCode* code;
};

SeccompCode tree_over(std::span<const Range> ranges) {
  if (ranges.size() == 1) return *ranges.front().code;
  const auto right = ranges.subspan(ranges.size() / 2);
  const SeccompCode below = tree_over(ranges.first(ranges.size() / 2));
  const SeccompCode above = tree_over(right);
  SeccompCode code;
  if (below.size() <= 255) {
    code.push_back(jump(BPF_JGE, right.front().start, static_cast<std::uint8_t>(below.size()), 0));
  } else {
    code.push_back(jump(BPF_JGE, right.front().start, 0, 1));
    code.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(below.size())));
  }
  code.insert(code.end(), below.begin(), below.end());
  code.insert(code.end(), above.begin(), above.end());
  return code;
}
}  // namespace

sock_filter return_code(SeccompOutcome outcome) {
  // The data of a kill or of a log means nothing; one spelling lets equal ranges merge.
  const bool has_data = outcome.action == SeccompAction::Errno ||
                        outcome.action == SeccompAction::Trace ||
                        outcome.action == SeccompAction::Trap;
  return statement(BPF_RET | BPF_K, action_word(outcome.action) | (has_data ? outcome.data : 0U));
}

void append_rule(SeccompCode& code,
                 const std::vector<SeccompCondition>& conditions,
                 SeccompOutcome outcome,
                 bool wide) {
  const std::size_t start = code.size();
  for (const SeccompCondition& condition : conditions) append_condition(code, condition, wide);
  code.push_back(return_code(outcome));
  // compile() has made sure that all conditions together are within reach of a jump.
  for (std::size_t at = start; at + 1 < code.size(); ++at) {
    const auto distance = static_cast<std::uint8_t>(code.size() - at - 1);
    if (code[at].jt == kFail) code[at].jt = distance;
    if (code[at].jf == kFail) code[at].jf = distance;
  }
}

bool same_code(const SeccompCode& left, const SeccompCode& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const sock_filter &a = left[i], &b = right[i];
    if (a.code != b.code || a.jt != b.jt || a.jf != b.jf || a.k != b.k) return false;
  }
  return true;
}

void merge_ranges(SeccompRanges& ranges) {
  for (auto it = std::next(ranges.begin()); it != ranges.end();) {
    it = same_code(std::prev(it)->second, it->second) ? ranges.erase(it) : std::next(it);
  }
}

SeccompCode search_tree(const SeccompRanges& ranges) {
  std::vector<Range> list;
  list.reserve(ranges.size());
  for (const auto& [start, code] : ranges) list.push_back({.start = start, .code = &code});
  return tree_over(list);
}

void append_block(SeccompCode& code, std::uint32_t arch, const SeccompCode& block) {
  code.push_back(jump(BPF_JEQ, arch, 1, 0));
  code.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(block.size())));
  code.insert(code.end(), block.begin(), block.end());
}

sock_filter load_arch() { return load(offsetof(seccomp_data, arch)); }
sock_filter load_number() { return load(offsetof(seccomp_data, nr)); }

}  // namespace isle::kernel
