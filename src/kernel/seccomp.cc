#include "kernel/seccomp.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <map>
#include <optional>
#include <set>

#include <linux/seccomp.h>

#include "base/strings.h"
#include "kernel/seccomp_arch.h"
#include "kernel/seccomp_code.h"

namespace isle::kernel {

namespace {
constexpr SeccompOutcome kForeign{.action = SeccompAction::KillProcess, .data = 0};
constexpr SeccompOutcome kMissing{.action = SeccompAction::Errno, .data = ENOSYS};
// No architecture has numbers as high, counted from its first; x86_64's end where x32's begin.
constexpr std::uint32_t kNumberSpace = kX32Bit;
// ARM's private calls are no measure of how new a filter is.
constexpr std::uint32_t kPrivateCalls = 0xf0000;

// A rule as it is for one call of one architecture.
struct Check {
  const std::vector<SeccompCondition>* conditions = nullptr;
  SeccompOutcome outcome;
};
using Checks = std::map<std::uint32_t, std::vector<Check>>;

// Conditions by which socketcall and ipc choose; shared by all the rules that need them.
using Choices = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<SeccompCondition>>;

bool refuses(SeccompOutcome outcome) {
  switch (outcome.action) {
    case SeccompAction::KillProcess:
    case SeccompAction::KillThread:
    case SeccompAction::Trap: return true;
    case SeccompAction::Errno: return outcome.data != ENOSYS;
    // A tracer and an agent decide for themselves, and the others allow.
    case SeccompAction::Trace:
    case SeccompAction::Notify:
    case SeccompAction::Log:
    case SeccompAction::Allow: break;
  }
  return false;
}

class ArchCompiler {
 public:
  ArchCompiler(const SeccompFilter& filter, const SeccompArch& arch)
      : filter_(filter), arch_(arch), numbers_(syscall_numbers(arch)) {
    for (const SeccompRule& rule : filter.rules) {
      for (const std::string& name : rule.names) add(rule, name);
    }
  }

  // Adds what becomes of every number from the architecture's first on.
  void append_to(SeccompRanges& ranges) {
    const SeccompCode otherwise{return_code(filter_.fallback)};
    ranges[arch_.base] = otherwise;
    for (const auto& [number, checks] : checks_) {
      ranges[number] = code_of(checks);
      ranges.emplace(number + 1, otherwise);
    }
    if (!newest_ || !refuses(filter_.fallback)) return;
    const auto end = ranges.lower_bound(arch_.base + kNumberSpace);
    for (auto it = ranges.upper_bound(*newest_); it != end; ++it) {
      if (same_code(it->second, otherwise)) it->second = {return_code(kMissing)};
    }
  }

 private:
  void add(const SeccompRule& rule, const std::string& name) {
    if (const auto found = numbers_.find(name); found != numbers_.end()) {
      checks_[found->second].push_back({.conditions = &rule.conditions, .outcome = rule.outcome});
      if (found->second - arch_.base < kPrivateCalls) {
        newest_ = std::max(newest_.value_or(0), found->second);
      }
    }
    if (rule.conditions.empty()) add_behind(rule, name);
  }

  void add_behind(const SeccompRule& rule, const std::string& name) {
    const auto behind = multiplexed_syscall(name);
    if (!behind) return;
    const auto through = numbers_.find(std::string(behind->through));
    if (through == numbers_.end()) return;
    auto& conditions = choices_[{through->second, behind->call}];
    conditions = {{.index = 0,
                   .op = SeccompOperator::MaskedEqual,
                   .value = behind->mask,
                   .value_two = behind->call}};
    checks_[through->second].push_back({.conditions = &conditions, .outcome = rule.outcome});
  }

  SeccompCode code_of(const std::vector<Check>& checks) const {
    SeccompCode code;
    for (const Check& check : checks) {
      append_rule(code, *check.conditions, check.outcome, arch_.wide);
      if (check.conditions->empty()) return shortened(std::move(code));
    }
    code.push_back(return_code(filter_.fallback));
    return shortened(std::move(code));
  }

  // Tests whose every way ends in the same return need not be made.
  static SeccompCode shortened(SeccompCode code) {
    std::set<std::uint32_t> returns;
    for (const sock_filter& instruction : code) {
      if (BPF_CLASS(instruction.code) == BPF_RET) returns.insert(instruction.k);
    }
    if (returns.size() == 1) code.erase(code.begin(), code.end() - 1);
    return code;
  }

  const SeccompFilter& filter_;
  const SeccompArch& arch_;
  SyscallNumbers numbers_;
  Checks checks_;
  Choices choices_;
  std::optional<std::uint32_t> newest_;
};

// The architectures to make blocks for, the host's own first.
Result<std::vector<const SeccompArch*>> arches_of(const SeccompFilter& filter,
                                                  std::vector<std::string>& warnings) {
  std::vector<const SeccompArch*> arches{&native_seccomp_arch()};
  for (const std::string& name : filter.architectures) {
    const SeccompArch* arch = find_seccomp_arch(name);
    if (arch == nullptr) {
      return fail(ErrorKind::InvalidArgument,
                  format("unknown seccomp architecture {}", quoted(name)),
                  "the architectures are: " + seccomp_arch_names());
    }
    if (arch->little_endian != (std::endian::native == std::endian::little)) {
      warnings.push_back(
          format("architecture {} left out: it has the other byte order than this machine", name));
    } else if (std::ranges::find(arches, arch) == arches.end()) {
      arches.push_back(arch);
    }
  }
  return arches;
}

// One block serves all architectures of one audit number: x86_64 and x32.
SeccompCode block_of(const SeccompFilter& filter,
                     const std::vector<const SeccompArch*>& arches,
                     std::uint32_t audit) {
  SeccompRanges ranges;
  if (audit == find_seccomp_arch("X86_64")->audit) {
    ranges[kX32Bit] = {return_code(kForeign)};
    ranges[kX32Bit << 1] = {return_code(kMissing)};
  }
  for (const SeccompArch* arch : arches) {
    if (arch->audit == audit) ArchCompiler(filter, *arch).append_to(ranges);
  }
  ranges.emplace(0, SeccompCode{return_code(kForeign)});
  merge_ranges(ranges);
  SeccompCode block{load_number()};
  const SeccompCode tree = search_tree(ranges);
  block.insert(block.end(), tree.begin(), tree.end());
  return block;
}

Result<void> check(const SeccompFilter& filter) {
  // A condition is at most 5 instructions, and a jump reaches 254 of them.
  constexpr std::size_t kMostConditions = 50;
  for (const SeccompRule& rule : filter.rules) {
    const std::string first = rule.names.empty() ? std::string() : rule.names.front();
    if (rule.conditions.size() > kMostConditions) {
      return fail(
          ErrorKind::InvalidArgument,
          format("a rule for {} has more than {} conditions", quoted(first), kMostConditions));
    }
    for (const SeccompCondition& condition : rule.conditions) {
      if (condition.index <= 5) continue;
      return fail(ErrorKind::InvalidArgument,
                  format("a rule for {} tests argument {}: system calls have 0 to 5",
                         quoted(first),
                         condition.index));
    }
  }
  return {};
}

void warn_of_unknown(const SeccompFilter& filter, std::vector<std::string>& warnings) {
  const SyscallNumbers native = syscall_numbers(native_seccomp_arch());
  std::set<std::string> said;
  for (const SeccompRule& rule : filter.rules) {
    for (const std::string& name : rule.names) {
      if (native.contains(name) || is_syscall_name(name) || !said.insert(name).second) continue;
      warnings.push_back(format("system call {} left out: no such name is known", quoted(name)));
    }
  }
}
}  // namespace

Result<SeccompProgram> compile(const SeccompFilter& filter) {
  TRY(check(filter));
  SeccompProgram program{.instructions = {load_arch()}, .flags = filter.flags, .warnings = {}};
  const auto arches = TRY(arches_of(filter, program.warnings));
  std::set<std::uint32_t> done;
  for (const SeccompArch* arch : arches) {
    if (!done.insert(arch->audit).second) continue;
    append_block(program.instructions, arch->audit, block_of(filter, arches, arch->audit));
  }
  program.instructions.push_back(return_code(kForeign));
  if (program.instructions.size() > BPF_MAXINSNS) {
    return fail(ErrorKind::InvalidArgument,
                format("the seccomp filter needs {} instructions, the kernel takes {}",
                       program.instructions.size(),
                       BPF_MAXINSNS),
                "name fewer architectures, or fewer conditions on arguments");
  }
  warn_of_unknown(filter, program.warnings);
  return program;
}

}  // namespace isle::kernel
