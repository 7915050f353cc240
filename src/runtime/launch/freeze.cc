#include "runtime/launch/freeze.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "kernel/kernel_abi.h"

namespace isle::runtime::launch {

namespace {

using init::Code;

constexpr std::uint64_t kNewListener = SECCOMP_FILTER_FLAG_NEW_LISTENER;

class Freezer {
 public:
  Freezer(Frozen& frozen, const Slots& slots) : frozen_(frozen), slots_(slots) {}

  // Operations of parent and stage are not init's. Listed, so that a new operation of init's that
  // is forgotten here does not compile.
  void operator()(const op::MakeCgroup&) {}
  void operator()(const op::WriteCgroup&) {}
  void operator()(const op::CgroupDevices&) {}
  void operator()(const op::StartScope&) {}
  void operator()(const op::AttachToScope&) {}
  void operator()(const op::AttachCgroup&) {}
  void operator()(const op::OpenTree&) {}
  void operator()(const op::MakeOverlay&) {}
  void operator()(const op::ServeRoot&) {}
  void operator()(const op::OpenNode&) {}
  void operator()(const op::WriteIdMap&) {}
  void operator()(const op::OomScore&) {}
  void operator()(const op::RunHooks&) {}
  void operator()(const op::JoinResctrl&) {}
  void operator()(const op::FindSeccompAgent&) {}
  void operator()(const op::WritePidFile&) {}
  void operator()(const op::ProvideHostDevice&) {}
  void operator()(const op::ConnectNetwork&) {}
  void operator()(const op::ServeNames&) {}
  void operator()(const op::OpenFirewall&) {}
  void operator()(const op::ReceiveConsole&) {}
  void operator()(const op::Clone&) {}
  void operator()(const op::TimeOffsets&) {}
  void operator()(const op::MoveNetDevice&) {}
  void operator()(const op::CopyUp&) {}

  void operator()(const op::Notify& operation) { begin(Code::Notify).barrier = operation.barrier; }
  void operator()(const op::Await& operation) { begin(Code::Await).barrier = operation.barrier; }

  void operator()(const op::Call& operation) {
    init::Step& step = begin(Code::Call);
    step.tolerated = operation.tolerated_errno;
    step.call.number = operation.number;
    for (std::size_t i = 0; i < operation.arguments.size() && i < 6; ++i) {
      step.call.arguments[i] = argument(operation.arguments[i]);
    }
  }

  void operator()(const op::SetRoot& operation) {
    init::Step& step = begin(Code::SetRoot);
    const auto& parameters = keep(operation.parameters);
    step.root = {
        .type = text(operation.type),
        .source = operation.source.empty() ? nullptr : text(operation.source),
        .tree = slots_.number(operation.tree),
        .recursive = true,
        .parameters = parameters.data(),
        .parameter_count = static_cast<unsigned>(parameters.size()),
        .legacy_data = operation.type == "overlay" ? legacy_data(operation.parameters) : nullptr,
        .directory = text(operation.directory),
        .at_directory = operation.at_directory};
  }

  void operator()(const op::MountFs& operation) {
    init::Step& step = begin(Code::MountFs);
    step.mount =
        mount(operation.attrs, operation.propagation, operation.target, TargetKind::Directory);
    step.mount.type = text(operation.type);
    step.mount.source = text(operation.source);
    const auto& parameters = keep(operation.parameters);
    step.mount.parameters = parameters.data();
    step.mount.parameter_count = static_cast<unsigned>(parameters.size());
    step.mount.target.refuse_symlinks = operation.refuse_symlinks;
    step.mount.target.mode = operation.directory_mode;
  }

  void operator()(const op::BindMount& operation) {
    init::Step& step = begin(Code::BindMount);
    step.mount =
        mount(operation.attrs, operation.propagation, operation.target, operation.target_kind);
    step.mount.source = text(operation.source);
    if (!operation.beneath.empty()) step.mount.beneath = text(operation.beneath);
    step.mount.tree = slots_.number(operation.tree);
    step.mount.recursive = operation.recursive;
    if (operation.expected_device) {
      step.mount.expected_device_major = operation.expected_device->major;
      step.mount.expected_device_minor = operation.expected_device->minor;
      step.mount.expected_block = operation.expected_device->block;
    }
  }

  void operator()(const op::SetAttr& operation) {
    if (operation.target.empty()) return set_host_root(operation);
    init::Step& step = begin(Code::SetAttr);
    step.mount =
        mount(operation.attrs, operation.propagation, operation.target, TargetKind::Existing);
  }

  void operator()(const op::MakeNode& operation) {
    begin(Code::MakeNode).node = {.path = text(operation.path),
                                  .mode = operation.mode,
                                  .device = static_cast<std::uint32_t>(
                                      makedev(operation.device.major, operation.device.minor)),
                                  .uid = operation.uid,
                                  .gid = operation.gid};
  }

  void operator()(const op::MakeLink& operation) {
    begin(Code::MakeLink).text = {
        .path = text(operation.path), .value = text(operation.target), .length = 0};
  }
  void operator()(const op::MakeDirectory& operation) {
    begin(Code::MakeDirectory).target =
        target(operation.path, TargetKind::Directory, operation.mode);
  }
  void operator()(const op::Mask& operation) {
    begin(Code::Mask).target = target(operation.path, TargetKind::Existing, 0);
  }
  void operator()(const op::ReadonlyPath& operation) {
    begin(Code::ReadonlyPath).target = target(operation.path, TargetKind::Existing, 0);
  }

  void operator()(const op::OpenConsole& operation) {
    begin(Code::OpenConsole).console = {.height = static_cast<unsigned short>(operation.height),
                                        .width = static_cast<unsigned short>(operation.width),
                                        .bind_dev_console = operation.bind_dev_console,
                                        .owner = operation.owner};
  }
  void operator()(const op::OwnStdio& operation) {
    begin(Code::OwnStdio).owner = {.user = operation.owner, .group = operation.group};
  }
  void operator()(const op::PivotRoot&) { begin(Code::PivotRoot); }
  void operator()(const op::ChangeRoot& operation) {
    begin(Code::ChangeRoot).fd = slots_.number(operation.root);
  }
  void operator()(const op::WriteProc& operation) {
    begin(Code::WriteProc).text = {.path = text(operation.file),
                                   .value = text(operation.value),
                                   .length = operation.value.size()};
  }
  void operator()(const op::LoopbackUp&) { begin(Code::LoopbackUp); }
  void operator()(const op::BoundCapabilities& operation) {
    begin(Code::BoundCapabilities).capabilities = {.mask = operation.keep, .last = operation.last};
  }
  void operator()(const op::AmbientCapabilities& operation) {
    begin(Code::AmbientCapabilities).capabilities = {.mask = operation.raise,
                                                     .last = operation.last};
  }
  void operator()(const op::EnterDirectory& operation) {
    begin(Code::EnterDirectory).text = {
        .path = text(operation.path), .value = nullptr, .length = 0};
  }
  void operator()(const op::InstallSeccomp& operation) {
    init::Step& step = begin(operation.notifies ? Code::InstallListener : Code::Call);
    std::uint64_t flags = frozen_.seccomp->flags;
    // The thread that sends the listener must stay without the filter; there is no other.
    if (operation.notifies) flags = (flags & ~SECCOMP_FILTER_FLAG_TSYNC) | kNewListener;
    step.call.number = SYS_seccomp;
    step.call.arguments[0] = SECCOMP_SET_MODE_FILTER;
    step.call.arguments[1] = flags;
    step.call.arguments[2] = reinterpret_cast<std::uint64_t>(&frozen_.filter);
  }
  void operator()(const op::FindCommand& operation) {
    begin(Code::FindCommand).command = {
        .candidates = list(operation.candidates), .arguments = nullptr, .environment = nullptr};
  }
  void operator()(const op::CloseInherited& operation) {
    begin(Code::CloseInherited).close = {.first = operation.first,
                                         .listener = slots_.start_listener.get()};
  }
  void operator()(const op::JoinGroups&) {
    std::vector<init::Door>& doors = frozen_.doors;
    for (const kernel::cgroup::Group::Door& door : slots_.doors) {
      doors.push_back({.tasks = door.tasks.get(), .controllers = text(door.controllers)});
    }
    begin(Code::JoinGroups).doors = {.list = doors.data(),
                                     .count = static_cast<unsigned>(doors.size())};
  }
  void operator()(const op::AwaitStart&) {
    begin(Code::AwaitStart).fd = slots_.start_listener.get();
  }
  void operator()(const op::Exec& operation) {
    init::Step& step = begin(Code::Exec);
    step.command = {.candidates = list(operation.candidates),
                    .arguments = list(operation.args),
                    .environment = list(operation.env)};
  }

  void at(std::uint32_t index) { index_ = index; }

  void standard_stream(int from, int to) {
    init::Step& step = begin(Code::Call);
    step.call.number = SYS_dup3;
    step.call.arguments[0] = static_cast<std::uint64_t>(from);
    step.call.arguments[1] = static_cast<std::uint64_t>(to);
  }

 private:
  Frozen& frozen_;
  const Slots& slots_;
  std::uint32_t index_ = 0;

  init::Step& begin(Code code) {
    init::Step& step = frozen_.steps.emplace_back();
    step.code = code;
    step.index = index_;
    return step;
  }

  const char* text(const std::string& value) { return frozen_.texts.emplace_back(value).c_str(); }

  const char* const* list(const std::vector<std::string>& values) {
    std::vector<const char*>& out = frozen_.lists.emplace_back();
    for (const std::string& value : values) out.push_back(text(value));
    out.push_back(nullptr);
    return out.data();
  }

  std::uint64_t argument(const op::CallArgument& value) {
    if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
    if (const auto* slot = std::get_if<Slot>(&value)) {
      return static_cast<std::uint64_t>(slots_.number(*slot));
    }
    if (const auto* words = std::get_if<std::string>(&value)) {
      return reinterpret_cast<std::uint64_t>(text(*words));
    }
    const op::Blob& blob = std::get<op::Blob>(value);
    const std::string bytes(reinterpret_cast<const char*>(blob.data()), blob.size());
    return reinterpret_cast<std::uint64_t>(text(bytes));
  }

  const std::vector<init::Parameter>& keep(const std::vector<kernel::MountParameter>& values) {
    std::vector<init::Parameter>& out = frozen_.parameters.emplace_back();
    for (const kernel::MountParameter& value : values) {
      out.push_back({.key = text(value.key), .value = value.value ? text(*value.value) : nullptr});
    }
    return out;
  }

  static init::TargetKind kind(TargetKind value) {
    switch (value) {
      case TargetKind::Existing: return init::TargetKind::Existing;
      case TargetKind::Directory: return init::TargetKind::Directory;
      case TargetKind::File: return init::TargetKind::File;
      case TargetKind::LikeSource: return init::TargetKind::LikeSource;
    }
    return init::TargetKind::Existing;
  }

  init::Target target(const std::string& path, TargetKind value, mode_t mode) {
    return {.path = text(path), .kind = kind(value), .refuse_symlinks = false, .mode = mode};
  }

  init::Mount mount(const std::vector<AttrChange>& changes,
                    const std::vector<kernel::PropagationChange>& propagation,
                    const std::string& path,
                    TargetKind value) {
    std::vector<init::Attr>& out = frozen_.attrs.emplace_back();
    for (const AttrChange& change : changes) {
      out.push_back({.set = change.attributes.set,
                     .clear = change.attributes.clear,
                     .propagation = 0,
                     .recursive = change.recursive});
    }
    for (const kernel::PropagationChange& change : propagation) {
      out.push_back(
          {.set = 0, .clear = 0, .propagation = change.flag, .recursive = change.recursive});
    }
    return {.type = nullptr,
            .source = nullptr,
            .beneath = nullptr,
            .tree = -1,
            .recursive = false,
            .expected_device_major = 0,
            .expected_device_minor = 0,
            .expected_block = false,
            .parameters = nullptr,
            .parameter_count = 0,
            .attrs = out.data(),
            .attr_count = static_cast<unsigned>(out.size()),
            .target = target(path, value, 0755)};
  }

  // Before the root is there: mount_setattr(2) on "/" of the new mount namespace.
  void set_host_root(const op::SetAttr& operation) {
    init::Step& step = begin(Code::Call);
    mount_attr attr{};
    attr.propagation = operation.propagation[0].flag;
    const std::string bytes(reinterpret_cast<const char*>(&attr), sizeof attr);
    step.call.number = SYS_mount_setattr;
    step.call.arguments[0] = static_cast<std::uint64_t>(AT_FDCWD);
    step.call.arguments[1] = reinterpret_cast<std::uint64_t>(text("/"));
    step.call.arguments[2] = operation.propagation[0].recursive ? AT_RECURSIVE : 0;
    step.call.arguments[3] = reinterpret_cast<std::uint64_t>(text(bytes));
    step.call.arguments[4] = sizeof attr;
  }

  // The data of mount(2): one page, so only if it fits.
  const char* legacy_data(const std::vector<kernel::MountParameter>& parameters) {
    std::string lowers;
    std::string others;
    for (const kernel::MountParameter& parameter : parameters) {
      if (parameter.key == "lowerdir+" || parameter.key == "lowerdir") {
        lowers += (lowers.empty() ? "lowerdir=" : ":") + parameter.value.value_or("");
        continue;
      }
      others += "," + parameter.key + (parameter.value ? "=" + *parameter.value : "");
    }
    const std::string data = lowers + others;
    return data.size() < 4096 ? text(data) : nullptr;
  }
};

}  // namespace

void freeze(Frozen& frozen, const LaunchPlan& plan, const Slots& slots, const int (&stdio)[3]) {
  if (frozen.seccomp) {
    frozen.filter.len = static_cast<unsigned short>(frozen.seccomp->instructions.size());
    frozen.filter.filter = frozen.seccomp->instructions.data();
  }
  Freezer freezer(frozen, slots);
  for (int to = 0; to < 3; ++to) {
    if (stdio[to] >= 0 && stdio[to] != to) freezer.standard_stream(stdio[to], to);
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].actor != Actor::Init) continue;
    freezer.at(static_cast<std::uint32_t>(i));
    std::visit(freezer, plan.steps[i].operation);
  }
  frozen.program.steps = frozen.steps.data();
  frozen.program.count = static_cast<unsigned>(frozen.steps.size());
}

}  // namespace isle::runtime::launch
