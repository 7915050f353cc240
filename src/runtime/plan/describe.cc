// How each operation reads. One overload each, so that a new operation without words does not
// compile.

#include "runtime/plan/describe.h"

#include <sched.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "kernel/mount_options.h"

namespace isle::runtime {

namespace {

std::string clone_words(std::uint64_t flags) {
  constexpr std::pair<std::uint64_t, const char*> kNames[] = {{CLONE_NEWUSER, "NEWUSER"},
                                                              {CLONE_NEWNS, "NEWNS"},
                                                              {CLONE_NEWPID, "NEWPID"},
                                                              {CLONE_NEWNET, "NEWNET"},
                                                              {CLONE_NEWIPC, "NEWIPC"},
                                                              {CLONE_NEWUTS, "NEWUTS"}};
  std::string words;
  for (const auto& [flag, name] : kNames) {
    if ((flags & flag) == 0) continue;
    if (!words.empty()) words += '|';
    words += name;
  }
  return words;
}

std::string parameter_words(const std::vector<kernel::MountParameter>& parameters) {
  std::string words;
  for (const kernel::MountParameter& parameter : parameters) {
    if (!words.empty()) words += ',';
    words += parameter.key;
    if (parameter.value) words += "=" + *parameter.value;
  }
  return words;
}

std::string attr_words(const std::vector<AttrChange>& attrs,
                       const std::vector<kernel::PropagationChange>& propagation) {
  std::string words;
  const auto append = [&words](const std::string& part) {
    if (part.empty()) return;
    if (!words.empty()) words += ',';
    words += part;
  };
  for (const AttrChange& attr : attrs) {
    const std::string set = kernel::attribute_words(attr.attributes.set);
    append(attr.recursive && !set.empty() ? set + " (recursive)" : set);
  }
  for (const kernel::PropagationChange& change : propagation) {
    append(std::string(kernel::propagation_word(change)));
  }
  return words;
}

std::string with(std::string_view separator, const std::string& words) {
  return words.empty() ? "" : std::string(separator) + words;
}

std::string map_words(const std::vector<oci::IdMapping>& map) {
  std::string words;
  for (const oci::IdMapping& range : map) {
    if (!words.empty()) words += ", ";
    words += format("{} {} {}", range.container_id, range.host_id, range.size);
  }
  return words;
}

std::string part_words(const std::string& source, const std::string& beneath) {
  return beneath.empty() ? source : format("{}, beneath it {}", source, beneath);
}

std::string words(const op::MakeCgroup& operation) { return format("mkdir({})", operation.path); }
std::string words(const op::StartScope& operation) {
  std::string text;
  for (const kernel::UnitProperty& property : operation.properties) {
    text += format("{}={}, ", property.name, join(property.values, " "));
  }
  return format("StartTransientUnit({}, {}PIDs=pid)", operation.unit, text);
}
std::string words(const op::AttachToScope& operation) {
  return format("AttachProcessesToUnit({}, pid)", operation.unit);
}
std::string words(const op::WriteCgroup& operation) {
  return format("write({}, {})", operation.write.file, quoted(operation.write.value));
}
std::string words(const op::CgroupDevices& operation) {
  return operation.v2 ? format("bpf(BPF_PROG_LOAD, CGROUP_DEVICE, {} rules), bpf(BPF_PROG_ATTACH)",
                               operation.rules)
                      : format("write(devices.deny, \"a\"), write(devices.allow) for {} rules",
                               operation.rules);
}
std::string words(const op::AttachCgroup&) { return "write(cgroup.procs, pid)"; }
std::string words(const op::JoinGroups&) { return "write(tasks, 0)"; }
std::string words(const op::OpenTree& operation) {
  return format("open_tree({}, CLONE{}){}",
                part_words(operation.source, operation.beneath),
                operation.recursive ? "|RECURSIVE" : "",
                operation.uid_map.empty()
                    ? ""
                    : format(", mount_setattr(IDMAP uid {})", map_words(operation.uid_map)));
}
std::string words(const op::MakeOverlay& operation) {
  return format("fsopen({}), fsconfig({}), fsmount(){}{}",
                operation.type,
                parameter_words(operation.parameters),
                operation.beneath.empty() ? "" : format(", of it {}", operation.beneath),
                operation.uid_map.empty()
                    ? ""
                    : format(", {}IDMAP uid {}",
                             operation.type == "overlay" ? "lower layers " : "",
                             map_words(operation.uid_map)));
}
std::string words(const op::ServeRoot& operation) {
  return format(
      "open(/dev/fuse), fsopen(fuse), fsmount(), {} -o {}", operation.program, operation.options);
}
std::string words(const op::OpenNode& operation) {
  return format("mknodat({}, {:#o}, {}:{}) by {}:{}, open_tree()",
                operation.path,
                operation.mode,
                operation.device.major,
                operation.device.minor,
                operation.uid,
                operation.gid);
}
std::string words(const op::WriteIdMap& operation) {
  const char* kind = operation.group ? "gid" : "uid";
  if (operation.by_helper) return format("new{}map(pid, {})", kind, map_words(operation.map));
  return format("{}write({}_map, \"{}\")",
                operation.deny_setgroups ? "write(setgroups, \"deny\"), " : "",
                kind,
                map_words(operation.map));
}
std::string words(const op::OomScore& operation) {
  return format("write(oom_score_adj, \"{}\")", operation.value);
}
std::string words(const op::RunHooks& operation) {
  return format("execve({} hooks)", operation.kind);
}
std::string words(const op::JoinResctrl& operation) {
  return format("write({}/{}tasks, pid){}",
                operation.root,
                operation.group.empty() ? "" : operation.group + "/",
                operation.schemata.empty()
                    ? ""
                    : format(", schemata {}", quoted(join(operation.schemata, ", "))));
}
std::string words(const op::FindSeccompAgent& operation) {
  return format("stat({})", operation.path);
}
std::string words(const op::WritePidFile& operation) {
  return format("write({}, pid)", operation.path);
}
std::string words(const op::ReceiveConsole&) { return "recvmsg(SCM_RIGHTS)"; }
std::string words(const op::Clone& operation) {
  if (operation.makes_stage) return "fork()";
  const std::string flags = clone_words(operation.flags);
  return format("clone3({}{}{})",
                flags,
                operation.into_cgroup && !flags.empty() ? "|" : "",
                operation.into_cgroup ? "INTO_CGROUP" : "");
}
std::string words(const op::TimeOffsets& operation) {
  std::string text;
  for (const auto& [clock, offset] : operation.offsets) {
    text += format("{}{} {} {}", text.empty() ? "" : ", ", clock, offset.secs, offset.nanosecs);
  }
  return format("write(timens_offsets, {})", quoted(text));
}
std::string words(const op::MoveNetDevice& operation) {
  return format("RTM_SETLINK({}, IFLA_NET_NS_FD{})",
                operation.name,
                operation.target == operation.name ? "" : ", IFLA_IFNAME " + operation.target);
}
std::string words(const op::ProvideHostDevice& operation) {
  return format("RTM_NEWLINK({} {}), unless it is there", operation.kind, operation.name);
}
std::string words(const op::ConnectNetwork& operation) { return operation.words; }
std::string words(const op::ServeNames&) {
  return "bind(127.0.0.11:53), sendmsg(isle-dns, SCM_RIGHTS)";
}
std::string words(const op::OpenFirewall& operation) {
  return operation.ports == 0 ? "NFT_MSG_NEWSETELEM(bridges)"
                              : format("NFT_MSG_NEWSETELEM(bridges, {} ports)", operation.ports);
}
std::string words(const op::CopyUp& operation) {
  return format("copy(below {})", operation.target);
}
std::string words(const op::Notify&) { return "send()"; }
std::string words(const op::Await&) { return "recv()"; }
std::string words(const op::Call& operation) { return operation.text; }
std::string words(const op::SetRoot& operation) {
  const std::string source = operation.type == "bind" ? operation.source : operation.type;
  return format("mount({} on {}{})",
                source,
                operation.at_directory ? operation.directory : "/",
                with(", ", parameter_words(operation.parameters)));
}
std::string words(const op::MountFs& operation) {
  return format("mount({} on {}{}{})",
                operation.type,
                operation.target,
                with(", ", attr_words(operation.attrs, operation.propagation)),
                with(", ", parameter_words(operation.parameters)));
}
std::string words(const op::BindMount& operation) {
  return format("mount({} on {}, {}{})",
                part_words(operation.source, operation.beneath),
                operation.target,
                operation.recursive ? "rbind" : "bind",
                with(",", attr_words(operation.attrs, operation.propagation)));
}
std::string words(const op::SetAttr& operation) {
  return format("mount_setattr({}, {})",
                operation.target.empty() ? "/" : operation.target,
                attr_words(operation.attrs, operation.propagation));
}
std::string words(const op::MakeNode& operation) {
  return format("mknodat({}, {:#o}, {}:{})",
                operation.path,
                operation.mode,
                operation.device.major,
                operation.device.minor);
}
std::string words(const op::MakeLink& operation) {
  return format("symlinkat({}, {})", operation.target, operation.path);
}
std::string words(const op::MakeDirectory& operation) {
  return format("mkdirat({})", operation.path);
}
std::string words(const op::Mask& operation) {
  return format("mount(/dev/null or an empty tmpfs on {}, ro)", operation.path);
}
std::string words(const op::ReadonlyPath& operation) {
  return format("mount({0} on {0}, rbind,ro)", operation.path);
}
std::string words(const op::OpenConsole& operation) {
  return format("openat2(/dev/pts/ptmx), ioctl(TIOCGPTPEER){}, ioctl(TIOCSCTTY)",
                operation.bind_dev_console ? ", mount(it on /dev/console)" : "");
}
std::string words(const op::OwnStdio& operation) {
  return format("fchown(0..2, {}, {})", operation.owner, operation.group);
}
std::string words(const op::PivotRoot&) { return "pivot_root(., .), umount2(., MNT_DETACH)"; }
std::string words(const op::ChangeRoot&) { return "chroot(.), chdir(/)"; }
std::string words(const op::WriteProc& operation) {
  return format("write(/proc/{}, {})", operation.file, quoted(operation.value));
}
std::string words(const op::LoopbackUp&) { return "ioctl(SIOCSIFFLAGS, lo, IFF_UP)"; }
std::string words(const op::BoundCapabilities& operation) {
  return format("prctl(PR_CAPBSET_DROP) for all but {:#x}", operation.keep);
}
std::string words(const op::AmbientCapabilities& operation) {
  return format("prctl(PR_CAP_AMBIENT_RAISE) for {:#x}", operation.raise);
}
std::string words(const op::EnterDirectory& operation) {
  return format("chdir({}), getcwd()", operation.path);
}
std::string words(const op::InstallSeccomp& operation) {
  return format("seccomp(SET_MODE_FILTER{}, {} rules)",
                operation.notifies ? ", NEW_LISTENER" : "",
                operation.rules);
}
std::string first_of(const std::vector<std::string>& candidates) {
  return candidates.size() == 1 ? candidates[0]
                                : format("{} or {} more", candidates[0], candidates.size() - 1);
}
std::string words(const op::FindCommand& operation) {
  return format("faccessat({}, X_OK)", first_of(operation.candidates));
}
std::string words(const op::CloseInherited& operation) {
  return format("close_range({}, ~0)", operation.first);
}
std::string words(const op::AwaitStart&) { return "accept4(start socket)"; }
std::string words(const op::Exec& operation) {
  std::string arguments;
  for (const std::string& argument : operation.args) {
    arguments += (arguments.empty() ? "" : ", ") + quoted(argument);
  }
  return format("execve({}, [{}])", first_of(operation.candidates), arguments);
}

std::string time_words(std::int64_t ns) {
  return format("{:.3f} ms", static_cast<double>(ns) / 1e6);
}

}  // namespace

std::string_view to_string(Actor actor) {
  switch (actor) {
    case Actor::Parent: return "parent";
    case Actor::Stage: return "stage";
    case Actor::Init: return "init";
  }
  return "";
}

std::string describe_call(const Operation& operation) {
  return std::visit([](const auto& one) { return words(one); }, operation);
}

std::string describe_plan(const LaunchPlan& plan, const std::vector<std::int64_t>* times) {
  std::string text;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    text += format("{:>3} {:<6} {}: {}",
                   i + 1,
                   to_string(step.actor),
                   step.what,
                   describe_call(step.operation));
    if (!step.why.empty()) text += "  # " + step.why;
    if (times != nullptr && (*times)[i] > 0) text += "  [" + time_words((*times)[i]) + "]";
    text += '\n';
  }
  for (const std::string& warning : plan.warnings) text += "warning: " + warning + "\n";
  return text;
}

std::string describe_times(const LaunchPlan& plan, const std::vector<std::int64_t>& times) {
  std::string text;
  std::int64_t sums[3] = {};
  for (std::size_t i = 0; i < plan.steps.size() && i < times.size(); ++i) {
    const Step& step = plan.steps[i];
    if (times[i] <= 0) continue;
    text += format(
        "{:>3} {:<6} {:>11}  {}\n", i + 1, to_string(step.actor), time_words(times[i]), step.what);
    sums[static_cast<unsigned>(step.actor)] += times[i];
  }
  for (const Actor actor : {Actor::Parent, Actor::Stage, Actor::Init}) {
    const std::int64_t sum = sums[static_cast<unsigned>(actor)];
    if (sum > 0) text += format("    {:<6} {:>11}  in all\n", to_string(actor), time_words(sum));
  }
  return text;
}

json::Value plan_json(const LaunchPlan& plan, const std::vector<std::int64_t>* times) {
  json::Value document;
  document["id"] = plan.id;
  json::Array steps;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    json::Value row;
    row["step"] = static_cast<std::int64_t>(i + 1);
    row["actor"] = to_string(step.actor);
    row["what"] = step.what;
    row["call"] = describe_call(step.operation);
    row["why"] = step.why;
    if (times != nullptr && (*times)[i] > 0) row["nanoseconds"] = (*times)[i];
    steps.push_back(std::move(row));
  }
  document["steps"] = std::move(steps);
  document["warnings"] = plan.warnings;
  return document;
}

}  // namespace isle::runtime
