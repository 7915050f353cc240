#include "kernel/cgroup/devices.h"

#include <random>

#include <gtest/gtest.h>

namespace isle::kernel::cgroup {
namespace {

struct Request {
  char type;
  std::uint32_t major, minor;
  unsigned access;
};

// A BPF machine of just what the kernel's would do with these programs; anything else fails.
std::optional<std::uint64_t> run(const std::vector<bpf_insn>& program, const Request& request) {
  const std::uint32_t context[3] = {
      request.access << 16 | (request.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
      request.major,
      request.minor};
  std::uint64_t reg[11] = {};
  for (std::size_t at = 0; at < program.size(); ++at) {
    const bpf_insn& step = program[at];
    std::uint64_t& to = reg[step.dst_reg];
    const std::uint64_t value = static_cast<std::uint64_t>(static_cast<std::int64_t>(step.imm));
    switch (step.code) {
      case BPF_LDX | BPF_MEM | BPF_W:
        if (step.src_reg != 1 || step.off % 4 != 0 || step.off > 8) return std::nullopt;
        to = context[step.off / 4];
        break;
      case BPF_ALU | BPF_MOV | BPF_X: to = static_cast<std::uint32_t>(reg[step.src_reg]); break;
      case BPF_ALU | BPF_MOV | BPF_K: to = static_cast<std::uint32_t>(value); break;
      case BPF_ALU | BPF_AND | BPF_K: to = static_cast<std::uint32_t>(to & value); break;
      case BPF_ALU | BPF_RSH | BPF_K: to = static_cast<std::uint32_t>(to) >> value; break;
      case BPF_JMP | BPF_JNE | BPF_K: at += to != value ? step.off : 0; break;
      case BPF_JMP | BPF_JEQ | BPF_K: at += to == value ? step.off : 0; break;
      case BPF_JMP | BPF_EXIT: return reg[0];
      default: return std::nullopt;
    }
  }
  return std::nullopt;
}

// What the rules say in themselves: for each bit the last rule that speaks of it.
bool reference(const std::vector<DeviceRule>& rules, const Request& request) {
  for (const unsigned bit : {kDeviceMknod, kDeviceRead, kDeviceWrite}) {
    if ((request.access & bit) == 0) continue;
    bool allowed = false;
    for (const DeviceRule& rule : rules) {
      const bool speaks = (rule.type == 'a' || rule.type == request.type) &&
                          rule.major.value_or(request.major) == request.major &&
                          rule.minor.value_or(request.minor) == request.minor &&
                          (rule.access & bit) != 0;
      if (speaks) allowed = rule.allow;
    }
    if (!allowed) return false;
  }
  return true;
}

// As the v1 kernel decides from its list.
bool by_list(const DevicePolicy& policy, const Request& request) {
  for (const DeviceException& each : policy.exceptions) {
    if (each.type != request.type || each.major.value_or(request.major) != request.major ||
        each.minor.value_or(request.minor) != request.minor) {
      continue;
    }
    if (policy.allow_by_default && (each.access & request.access) != 0) return false;
    if (!policy.allow_by_default && (request.access & ~each.access) == 0) return true;
  }
  return policy.allow_by_default;
}

template <typename Check>
void for_all_requests(Check check) {
  for (const char type : {'b', 'c'}) {
    for (std::uint32_t major = 0; major < 4; ++major) {
      for (std::uint32_t minor = 0; minor < 4; ++minor) {
        for (unsigned access = 1; access <= kDeviceAll; ++access) {
          check(Request{type, major, minor, access});
        }
      }
    }
  }
}

std::vector<DeviceRule> random_rules(std::mt19937& random) {
  const auto below = [&random](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  std::vector<DeviceRule> rules(1 + below(6));
  for (DeviceRule& rule : rules) {
    rule.allow = below(2) == 0;
    rule.type = "abcbc"[below(5)];
    if (below(4) != 0) rule.major = below(3);
    if (below(3) != 0) rule.minor = below(3);
    rule.access = below(3) == 0 ? 1 + below(7) : kDeviceAll;
  }
  return rules;
}

TEST(Devices, ProgramListAndRulesAgree) {
  std::mt19937 random(1);
  unsigned accepted = 0;
  for (unsigned round = 0; round < 4000; ++round) {
    const std::vector<DeviceRule> rules = random_rules(random);
    const auto policy = device_policy(rules);
    if (!policy) {
      EXPECT_EQ(policy.error().kind, ErrorKind::Unsupported);
      continue;
    }
    ++accepted;
    const std::vector<bpf_insn> program = device_program(*policy);
    for_all_requests([&](const Request& request) {
      const auto answer = run(program, request);
      ASSERT_TRUE(answer);
      ASSERT_EQ(*answer == 1, by_list(*policy, request));
      const bool meant = reference(rules, request);
      // An access of several bits must be covered by one exception, as in the v1 kernel.
      ASSERT_TRUE(meant || *answer == 0);
      const bool single = (request.access & (request.access - 1)) == 0;
      ASSERT_TRUE(!single || meant == (*answer == 1));
    });
  }
  EXPECT_GT(accepted, 1000U);
}

TEST(Devices, StartIsDenyAll) {
  const DevicePolicy policy = device_policy({}).value();
  EXPECT_FALSE(policy.allow_by_default);
  EXPECT_EQ(run(device_program(policy), {'c', 1, 3, kDeviceRead}), 0U);
}

TEST(Devices, TakingBackAPartIsRefusedWithItsIndex) {
  const auto refused = device_policy({{.allow = true, .type = 'c', .major = 1},
                                      {.allow = false, .type = 'c', .major = 1, .minor = 3}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "device rule 1 takes back a part (c 1:3 rwm) of what an earlier rule says of c 1:* "
            "rwm");
}

TEST(Devices, LinesOfV1ClearTheListFirst) {
  const auto policy = device_policy({{.allow = true, .type = 'c', .major = 1, .minor = 3},
                                     {.allow = true, .type = 'b', .access = kDeviceMknod}});
  const std::vector<DeviceLine> lines = device_lines(policy.value());
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(std::string(lines[0].file) + " " + lines[0].value, "devices.deny a");
  EXPECT_EQ(std::string(lines[1].file) + " " + lines[1].value, "devices.allow c 1:3 rwm");
  EXPECT_EQ(std::string(lines[2].file) + " " + lines[2].value, "devices.allow b *:* m");
}

}  // namespace
}  // namespace isle::kernel::cgroup
