// v2 has no file for devices: a BPF program is asked at each open and mknod, and answers 1 or 0.
// It gets type and access in one word (access << 16 | type), then major and minor. Every program
// from here up to the root must say 1, so BPF_F_ALLOW_MULTI lets groups above and below have
// their own.

#include <cerrno>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/devices.h"
#include "kernel/cgroup/group.h"
#include "kernel/fd.h"

namespace isle::kernel::cgroup {

namespace {

// Registers of the program; r1 is the context, then scratch.
enum Register : std::uint8_t {
  Answer = 0,
  Scratch = 1,
  Type = 2,
  Access = 3,
  Major = 4,
  Minor = 5
};

bpf_insn instruction(int code, std::uint8_t to, std::uint8_t from, std::int16_t offset, int value) {
  bpf_insn made{};
  made.code = static_cast<std::uint8_t>(code);
  made.dst_reg = to & 0xf;
  made.src_reg = from & 0xf;
  made.off = offset;
  made.imm = value;
  return made;
}
bpf_insn load_word(Register to, std::int16_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, Scratch, offset, 0);
}
bpf_insn with_value(int operation, Register to, int value) {
  return instruction(BPF_ALU | operation | BPF_K, to, 0, 0, value);
}
bpf_insn copy(Register to, Register from) {
  return instruction(BPF_ALU | BPF_MOV | BPF_X, to, from, 0, 0);
}
// Jumps to the end of the block, which close_block fills in.
bpf_insn leave_if(int comparison, Register reg, int value) {
  return instruction(BPF_JMP | comparison | BPF_K, reg, 0, 0, value);
}
bpf_insn leave_unless_equal(Register reg, std::uint32_t value) {
  return leave_if(BPF_JNE, reg, static_cast<int>(value));
}
void answer(std::vector<bpf_insn>& program, bool allowed) {
  program.push_back(with_value(BPF_MOV, Answer, allowed ? 1 : 0));
  program.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
}

void close_block(std::vector<bpf_insn>& program, std::size_t begin) {
  for (std::size_t i = begin; i < program.size(); ++i) {
    const bool jump =
        (program[i].code & 0x07) == BPF_JMP && program[i].code != (BPF_JMP | BPF_EXIT);
    if (jump) program[i].off = static_cast<std::int16_t>(program.size() - i - 1);
  }
}

void add_exception(std::vector<bpf_insn>& program,
                   const DeviceException& exception,
                   bool allow_by_default) {
  const std::size_t begin = program.size();
  program.push_back(
      leave_unless_equal(Type, exception.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR));
  if (exception.major) program.push_back(leave_unless_equal(Major, *exception.major));
  if (exception.minor) program.push_back(leave_unless_equal(Minor, *exception.minor));
  if (allow_by_default) {  // denies what shares a bit with it
    program.push_back(copy(Scratch, Access));
    program.push_back(with_value(BPF_AND, Scratch, static_cast<int>(exception.access)));
    program.push_back(leave_if(BPF_JEQ, Scratch, 0));
  } else if (exception.access != kDeviceAll) {  // allows what it covers
    program.push_back(copy(Scratch, Access));
    program.push_back(
        with_value(BPF_AND, Scratch, static_cast<int>(kDeviceAll & ~exception.access)));
    program.push_back(leave_if(BPF_JNE, Scratch, 0));
  }
  answer(program, !allow_by_default);
  close_block(program, begin);
}

}  // namespace

std::vector<bpf_insn> device_program(const DevicePolicy& policy) {
  std::vector<bpf_insn> program = {
      load_word(Type, 0),
      copy(Access, Type),
      with_value(BPF_AND, Type, 0xffff),
      with_value(BPF_RSH, Access, 16),
      load_word(Major, 4),
      load_word(Minor, 8),
  };
  for (const DeviceException& exception : policy.exceptions) {
    add_exception(program, exception, policy.allow_by_default);
  }
  answer(program, policy.allow_by_default);
  return program;
}

namespace {

int bpf(bpf_cmd command, bpf_attr& attributes) {
  return static_cast<int>(syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

constexpr const char* kHint =
    "restricting devices on cgroup v2 needs CAP_BPF and CAP_NET_ADMIN on the host, and a kernel "
    "with CONFIG_CGROUP_BPF";

Result<UniqueFd> load(const std::vector<bpf_insn>& program) {
  static constexpr char kLicense[] = "Apache-2.0";
  bpf_attr attributes{};
  std::memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<std::uintptr_t>(program.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.license = reinterpret_cast<std::uintptr_t>(kLicense);
  std::memcpy(attributes.prog_name, "isle_devices", sizeof "isle_devices");
  UniqueFd loaded(bpf(BPF_PROG_LOAD, attributes));
  if (loaded) return loaded;
  return fail_call(errno,
                   format("bpf(BPF_PROG_LOAD, cgroup device, {} instructions)", program.size()),
                   "cannot load the device rules",
                   kHint);
}

// Those attached to this very group; none also where asking is not permitted.
std::vector<std::uint32_t> attached(int directory) {
  std::vector<std::uint32_t> ids(64);
  bpf_attr attributes{};
  std::memset(&attributes, 0, sizeof attributes);
  attributes.query.target_fd = static_cast<std::uint32_t>(directory);
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = reinterpret_cast<std::uintptr_t>(ids.data());
  attributes.query.prog_cnt = static_cast<std::uint32_t>(ids.size());
  if (bpf(BPF_PROG_QUERY, attributes) != 0) return {};
  ids.resize(attributes.query.prog_cnt);
  return ids;
}

UniqueFd program_of(std::uint32_t id) {
  bpf_attr attributes{};
  std::memset(&attributes, 0, sizeof attributes);
  attributes.prog_id = id;
  return UniqueFd(bpf(BPF_PROG_GET_FD_BY_ID, attributes));
}

bpf_attr attachment(int directory, int program) {
  bpf_attr attributes{};
  std::memset(&attributes, 0, sizeof attributes);
  attributes.target_fd = static_cast<std::uint32_t>(directory);
  attributes.attach_bpf_fd = static_cast<std::uint32_t>(program);
  attributes.attach_type = BPF_CGROUP_DEVICE;
  return attributes;
}

}  // namespace

Result<void> attach_device_program(int directory, const std::vector<bpf_insn>& program) {
  const UniqueFd loaded = TRY(load(program));
  const std::vector<std::uint32_t> before = attached(directory);
  bpf_attr attributes = attachment(directory, loaded.get());
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  const UniqueFd old = before.size() == 1 ? program_of(before.front()) : UniqueFd();
  if (old) {  // in one go: at no moment are the devices open
    attributes.attach_flags |= BPF_F_REPLACE;
    attributes.replace_bpf_fd = static_cast<std::uint32_t>(old.get());
  }
  if (bpf(BPF_PROG_ATTACH, attributes) != 0) {
    return fail_call(errno,
                     "bpf(BPF_PROG_ATTACH, cgroup device)",
                     "cannot attach the device rules to the control group",
                     kHint);
  }
  if (old) return {};
  for (const std::uint32_t id : before) {
    const UniqueFd outdated = program_of(id);
    bpf_attr removal = attachment(directory, outdated.get());
    if (outdated && bpf(BPF_PROG_DETACH, removal) != 0 && errno != ENOENT) {
      return fail_call(errno, format("bpf(BPF_PROG_DETACH, program {})", id));
    }
  }
  return {};
}

Result<void> Group::restrict_devices(const DevicePolicy& policy) {
  const Place* place = find(Controller::Devices);
  if (place == nullptr) {
    return fail(ErrorKind::Unsupported,
                "no devices control group to restrict devices in",
                "this host has no devices controller");
  }
  if (place->version == Version::V2) {
    return attach_device_program(TRY(clone_fd()), device_program(policy));
  }
  return write_device_lines(place->directory, device_lines(policy));
}

}  // namespace isle::kernel::cgroup
