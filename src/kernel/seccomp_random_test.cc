// The compiler against the meaning of the rules, and against libseccomp's: thousands of calls are
// put to the programs of filters made at random. Left out towards libseccomp is where the two
// differ on purpose (see seccomp.h), and more than one rule with conditions for a call: 2.5.4 gets
// "argument 2 >= 7 and argument 3 == V" beside "argument 2 > 7 and argument 5 == W" wrong.
#include <algorithm>
#include <cerrno>
#include <functional>
#include <random>

#include <gtest/gtest.h>
#include <seccomp.h>
#include <unistd.h>

#include "kernel/fd.h"
#include "kernel/seccomp.h"
#include "kernel/seccomp_arch.h"
#include "kernel/seccomp_run.h"

namespace isle::kernel {
namespace {

constexpr std::uint64_t kValues[] = {0,
                                     1,
                                     2,
                                     7,
                                     8,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     0x100000007,
                                     0x7fffffff00000008,
                                     ~0ULL - 7,
                                     ~0ULL};
const std::vector<std::string> kNames = {"read",
                                         "openat",
                                         "ioctl",
                                         "clone",
                                         "personality",
                                         "mmap",
                                         "prctl",
                                         "socket",
                                         "fcntl",
                                         "kill",
                                         "execve",
                                         "openat2"};
const std::vector<std::string> kArches = {"X86_64", "AARCH64", "RISCV64"};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_);
  }
  std::uint64_t value() { return kValues[below(std::size(kValues))]; }

 private:
  std::mt19937 engine_;
};

SeccompFilter random_filter(Random& random, std::size_t most_rules) {
  SeccompFilter filter{.fallback = {.action = SeccompAction::Log, .data = 0},
                       .architectures = kArches,
                       .flags = 0,
                       .rules = {}};
  for (const std::string& name : kNames) {
    const SeccompOutcome outcome{.action = SeccompAction::Errno,
                                 .data = static_cast<std::uint16_t>(random.below(100))};
    for (std::size_t rules = random.below(most_rules + 1); rules > 0; --rules) {
      SeccompRule rule{.names = {name}, .outcome = outcome, .conditions = {}};
      for (std::uint32_t index = 0; index < 6; ++index) {
        if (random.below(3) != 0) continue;
        const auto op = static_cast<SeccompOperator>(random.below(7));
        const std::uint64_t value = random.value();
        // libseccomp leaves the bits outside of the mask out of the comparison as well.
        rule.conditions.push_back(
            {.index = index,
             .op = op,
             .value = value,
             .value_two = op == SeccompOperator::MaskedEqual ? random.value() & value : 0});
      }
      if (!rule.conditions.empty()) filter.rules.push_back(std::move(rule));
    }
  }
  return filter;
}

scmp_compare operator_of(SeccompOperator op) {
  switch (op) {
    case SeccompOperator::NotEqual: return SCMP_CMP_NE;
    case SeccompOperator::Less: return SCMP_CMP_LT;
    case SeccompOperator::LessOrEqual: return SCMP_CMP_LE;
    case SeccompOperator::Equal: return SCMP_CMP_EQ;
    case SeccompOperator::GreaterOrEqual: return SCMP_CMP_GE;
    case SeccompOperator::Greater: return SCMP_CMP_GT;
    case SeccompOperator::MaskedEqual: break;
  }
  return SCMP_CMP_MASKED_EQ;
}

void add(scmp_filter_ctx context, const SeccompRule& rule) {
  std::vector<scmp_arg_cmp> conditions;
  for (const auto& [index, op, value, value_two] : rule.conditions) {
    conditions.push_back({index, operator_of(op), value, value_two});
  }
  EXPECT_EQ(seccomp_rule_add_array(context,
                                   SCMP_ACT_ERRNO(rule.outcome.data),
                                   seccomp_syscall_resolve_name(rule.names.front().c_str()),
                                   static_cast<unsigned>(conditions.size()),
                                   conditions.data()),
            0);
}

std::vector<sock_filter> library_program(const SeccompFilter& filter) {
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_LOG);
  for (const std::string& name : filter.architectures) {
    const int added = seccomp_arch_add(context, find_seccomp_arch(name)->token);
    EXPECT_TRUE(added == 0 || added == -EEXIST);
  }
  for (const SeccompRule& rule : filter.rules) add(context, rule);
  const UniqueFd file = MUST(make_memfd("filter"));
  EXPECT_EQ(seccomp_export_bpf(context, file.get()), 0);
  seccomp_release(context);
  lseek(file.get(), 0, SEEK_SET);
  const std::string text = MUST(read_all(file.get()));
  std::vector<sock_filter> program(text.size() / sizeof(sock_filter));
  text.copy(reinterpret_cast<char*>(program.data()), text.size());
  return program;
}

bool holds(const SeccompCondition& condition, std::uint64_t argument) {
  switch (condition.op) {
    case SeccompOperator::NotEqual: return argument != condition.value;
    case SeccompOperator::Less: return argument < condition.value;
    case SeccompOperator::LessOrEqual: return argument <= condition.value;
    case SeccompOperator::Equal: return argument == condition.value;
    case SeccompOperator::GreaterOrEqual: return argument >= condition.value;
    case SeccompOperator::Greater: return argument > condition.value;
    case SeccompOperator::MaskedEqual: break;
  }
  return (argument & condition.value) == condition.value_two;
}

// What the rules say, read by a person.
std::uint32_t meant(const SeccompFilter& filter,
                    const std::string& name,
                    const seccomp_data& call) {
  for (const SeccompRule& rule : filter.rules) {
    if (rule.names.front() != name) continue;
    if (std::ranges::all_of(rule.conditions, [&](const SeccompCondition& condition) {
          return holds(condition, call.args[condition.index]);
        })) {
      return SECCOMP_RET_ERRNO | rule.outcome.data;
    }
  }
  return SECCOMP_RET_LOG;
}

using Judge = std::function<std::uint32_t(const std::string& name, const seccomp_data& call)>;

void compare(const SeccompFilter& filter, Random& random, const Judge& judge) {
  const auto program = MUST(compile(filter)).instructions;
  for (const std::string& arch_name : filter.architectures) {
    const SeccompArch& arch = *find_seccomp_arch(arch_name);
    const SyscallNumbers numbers = syscall_numbers(arch);
    for (const std::string& name : kNames) {
      for (int tries = 0; tries < 20; ++tries) {
        seccomp_data call{};
        call.arch = arch.audit;
        call.nr = static_cast<int>(numbers.at(name));
        for (auto& argument : call.args) argument = random.value();
        const std::uint32_t answer = MUST(run_seccomp_program(program, call)).answer;
        ASSERT_EQ(answer, judge(name, call)) << arch_name << " " << name;
      }
    }
  }
}

TEST(SeccompRandom, ProgramsDoWhatTheRulesSay) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const SeccompFilter filter = random_filter(random, 5);
    compare(filter, random, [&](const std::string& name, const seccomp_data& call) {
      return meant(filter, name, call);
    });
    if (HasFatalFailure()) return;
  }
}

TEST(SeccompRandom, LibseccompAgreesOnSingleRules) {
  if (seccomp_api_set(5) != 0) GTEST_SKIP() << "libseccomp has no logging action here";
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const SeccompFilter filter = random_filter(random, 1);
    const auto program = library_program(filter);
    compare(filter, random, [&](const std::string&, const seccomp_data& call) {
      return MUST(run_seccomp_program(program, call)).answer;
    });
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace isle::kernel
