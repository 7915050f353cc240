#pragma once
// What a step of the plan does: an operation for each kind, with all it needs as values. Who does
// it, in which order and why is said by the plan (launch_plan.h).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/types.h"
#include "kernel/cgroup/group.h"
#include "kernel/mount_options.h"
#include "kernel/systemd.h"
#include "oci/runtime_spec.h"
#include "record/wiring.h"
#include "runtime/plan/cgroup.h"
#include "runtime/report.h"

namespace isle::runtime {

// A descriptor that is known only when the plan runs; the launcher fills it in before the clone.
enum class SlotKind : std::uint8_t {
  None,
  HostProc,       // the host's /proc, checked to be procfs
  Namespace,      // index: position among the joined namespaces
  Tree,           // index: detached mount made by the parent (op::OpenTree, op::MakeOverlay ...)
  Cgroup,         // directory of the container's cgroup on v2
  StartListener,  // socket on which init waits for "start"
  ExecRoot,       // root directory of a running container, from /proc/PID/root
  Pidfd,          // the running container's init
};

struct Slot {
  SlotKind kind = SlotKind::None;
  unsigned index = 0;
  bool operator==(const Slot&) const = default;
};

// Attributes of one mount, or of a whole tree.
struct AttrChange {
  kernel::MountAttributes attributes;
  bool recursive = false;
};

enum class TargetKind : std::uint8_t {
  Existing,    // must be there
  Directory,   // made when missing
  File,        // an empty one is made when missing
  LikeSource,  // directory or file, as the source of the bind is
};

struct DeviceNumber {
  unsigned major = 0, minor = 0;
  bool block = false;
};

namespace op {

// ---- parent -------------------------------------------------------------------------------

struct MakeCgroup {  // in which hierarchies says LaunchPlan::cgroup
  std::string path;
  bool in_scope = false;  // systemd has made it, with init in it, where it has a part
};
struct StartScope {  // systemd's StartTransientUnit, with init in it
  std::string unit;
  std::string group;  // where its control group will be
  std::vector<kernel::UnitProperty> properties;
};
struct AttachToScope {  // by systemd, which may move what an ordinary user may not
  std::string unit;
};
struct WriteCgroup {  // one limit
  plan::CgroupWrite write;
};
struct CgroupDevices {  // LaunchPlan::cgroup holds the rules
  std::size_t rules = 0;
  bool v2 = false;
};
struct AttachCgroup {  // init's pid, where init does not join by itself and was not cloned into it
  kernel::cgroup::Group::Part part = kernel::cgroup::Group::Part::V1;
};
struct OpenTree {  // open_tree(OPEN_TREE_CLONE) on the host, kept detached
  Slot tree;
  std::string source;
  bool recursive = false;
  std::vector<oci::IdMapping> uid_map, gid_map;  // not empty: an idmapped mount
  bool map_recursive = false;
  std::string beneath;  // only this part, reached through no symbolic link; empty: all
};
struct MakeOverlay {  // an overlay, or a network's file system, made on the host's side, detached
  Slot tree;
  std::string type;
  std::vector<kernel::MountParameter> parameters;
  std::vector<oci::IdMapping> uid_map, gid_map;  // of an overlay's lower layers, else of it
  std::string directory;                         // where old kernels mount it first
  std::string beneath;                           // only this part; empty: all
};
struct ServeRoot {  // a root file system that a program serves by FUSE, kept detached
  Slot tree;
  std::string program;  // "/usr/bin/fuse-overlayfs"
  std::string options;  // its "-o"
};
struct OpenNode {  // a device node that only the host's root can make, kept detached
  Slot tree;
  std::string path;  // inside
  mode_t mode = 0;   // with S_IFCHR or S_IFBLK
  DeviceNumber device;
  uid_t uid = 0;  // as the host counts
  gid_t gid = 0;
};
struct WriteIdMap {
  bool group = false;
  std::vector<oci::IdMapping> map;
  bool deny_setgroups = false;  // gid map of an unprivileged writer, user_namespaces(7)
  bool by_helper = false;       // newuidmap, newgidmap
};
struct OomScore {
  int value = 0;
};
struct RunHooks {  // hooks of one kind; in the container's namespaces when run by the stage
  std::string kind;
};
struct JoinResctrl {        // linux.intelRdt
  std::string root;         // where resctrl is mounted
  std::string group;        // directory below it; "" is the root's own
  bool must_exist = false;  // prepared by somebody else
  bool made_for_container = false;
  std::vector<std::string> schemata;  // lines
  std::string monitor;                // monitoring group to make; "": none
};
struct FindSeccompAgent {  // the socket to which the listener goes
  std::string path;
};
struct WritePidFile {
  std::string path;
};
struct ProvideHostDevice {  // made where it is not there; LaunchPlan::wiring says how
  std::size_t attachment = 0;
  std::string kind;  // bridge, vlan
  std::string name;
};
struct ConnectNetwork {  // a device of the container's, with addresses and routes
  std::size_t attachment = 0;
  std::string words;
};
struct ServeNames {};  // isle-dns answers on 127.0.0.11 inside
struct OpenFirewall {  // its bridges, and the ports that lead to it
  std::size_t ports = 0;
};
struct ReceiveConsole {};  // the terminal's other end arrives and goes to the console socket

// ---- parent or stage ----------------------------------------------------------------------

struct Clone {
  bool makes_stage = false;  // else init
  std::uint64_t flags = 0;   // CLONE_NEW...
  bool into_cgroup = false;  // CLONE_INTO_CGROUP
};

// ---- stage ----------------------------------------------------------------------------------

struct TimeOffsets {
  std::map<std::string, oci::TimeOffset> offsets;
};
struct MoveNetDevice {  // of the host, into the container's network namespace
  std::string name;     // on the host
  std::string target;   // inside; "%d" at its end: the first free number
  Slot space;           // the joined namespace; none: init's own
};
struct CopyUp {  // what a directory of the root file system held goes into the tmpfs over it
  std::string target;
  bool keep_mode = false;  // the tmpfs has the mode that was asked for
};

// ---- barriers -------------------------------------------------------------------------------

struct Notify {
  Barrier barrier = Barrier::None;
};
struct Await {
  Barrier barrier = Barrier::None;
};

// ---- init -----------------------------------------------------------------------------------

using Blob = std::vector<std::byte>;
// An argument of a system call: a number, a descriptor, text or bytes passed by address.
using CallArgument = std::variant<std::uint64_t, Slot, std::string, Blob>;
// One system call with prepared arguments.
struct Call {
  long number = 0;
  std::string text;  // as strace would write it
  std::vector<CallArgument> arguments;
  int tolerated_errno = 0;  // this error is no failure
};
struct SetRoot {       // the root file system is mounted over "/", then is the working directory
  std::string type;    // "bind", "overlay" or any file system
  std::string source;  // of a bind
  Slot tree;           // detached mount made by the parent; wins over `source`
  std::vector<kernel::MountParameter> parameters;
  std::string directory;      // where old kernels may mount it first
  bool at_directory = false;  // mounted there, where it can be reached, not over "/"
};
struct MountFs {
  std::string type, source;
  std::vector<kernel::MountParameter> parameters;
  std::vector<AttrChange> attrs;
  std::vector<kernel::PropagationChange> propagation;
  std::string target;
  bool refuse_symlinks = false;  // procfs, sysfs: masks must not be led to a fake
  mode_t directory_mode = 0755;  // of the directory, where the root has none
};
struct BindMount {
  std::string source;
  std::string beneath;  // only this part of it, reached through no symbolic link; empty: all
  Slot tree;            // wins over `source`
  bool recursive = true;
  std::vector<AttrChange> attrs;
  std::vector<kernel::PropagationChange> propagation;
  std::string target;
  TargetKind target_kind = TargetKind::LikeSource;
  std::optional<DeviceNumber> expected_device;  // the source must be this device
};
struct SetAttr {  // of the mount at `target`; "/" is the root
  std::string target;
  std::vector<AttrChange> attrs;
  std::vector<kernel::PropagationChange> propagation;
};
struct MakeNode {
  std::string path;
  mode_t mode = 0;  // with S_IFCHR ...
  DeviceNumber device;
  uid_t uid = 0;
  gid_t gid = 0;
};
struct MakeLink {
  std::string path, target;
};
struct MakeDirectory {  // when missing, with its parents
  std::string path;
  mode_t mode = 0755;
};
struct Mask {
  std::string path;
};
struct ReadonlyPath {
  std::string path;
};
struct OpenConsole {  // new pty of the container's devpts, slave on stdio and /dev/console
  unsigned height = 0, width = 0;
  bool bind_dev_console = true;
  uid_t owner = 0;  // as the container counts
};
struct OwnStdio {  // pipes on 0, 1 and 2 become the command's user's
  uid_t owner = 0;
  gid_t group = 0;
};
struct PivotRoot {};
struct ChangeRoot {  // --no-pivot: the working directory; exec: the descriptor ExecRoot
  Slot root;
};
struct WriteProc {   // below the host's /proc, which shows this process and its namespaces
  std::string file;  // "sys/net/ipv4/ip_forward"
  std::string value;
};
struct LoopbackUp {};       // "lo" of a new network namespace is down (network_namespaces(7))
struct BoundCapabilities {  // drops all others from the bounding set
  std::uint64_t keep = 0;
  unsigned last = 0;  // highest capability of the kernel
};
struct AmbientCapabilities {
  std::uint64_t raise = 0;
  unsigned last = 0;
};
struct EnterDirectory {
  std::string path;
};
struct InstallSeccomp {  // the program is LaunchPlan::filter
  std::size_t rules = 0;
  bool notifies = false;  // the parent gets a listener for the agent
};
struct FindCommand {  // execute permission on one of these
  std::vector<std::string> candidates;
  std::string name;
};
// All from `first` on but those init still speaks through, which exec closes. Not left to exec: it
// looks the command up while they are open, and the command may be named /proc/self/fd/N/...
struct CloseInherited {
  unsigned first = 3;
};
struct JoinGroups {};  // v1: those of LaunchIo::group, by descriptors the parent opened
struct AwaitStart {};
struct Exec {
  std::vector<std::string> candidates;  // tried in turn
  std::vector<std::string> args, env;
};

}  // namespace op

using AnyOperation = std::variant<op::MakeCgroup,
                                  op::StartScope,
                                  op::AttachToScope,
                                  op::WriteCgroup,
                                  op::CgroupDevices,
                                  op::AttachCgroup,
                                  op::OpenTree,
                                  op::MakeOverlay,
                                  op::ServeRoot,
                                  op::OpenNode,
                                  op::WriteIdMap,
                                  op::OomScore,
                                  op::RunHooks,
                                  op::JoinResctrl,
                                  op::FindSeccompAgent,
                                  op::WritePidFile,
                                  op::ProvideHostDevice,
                                  op::ConnectNetwork,
                                  op::ServeNames,
                                  op::OpenFirewall,
                                  op::ReceiveConsole,
                                  op::Clone,
                                  op::TimeOffsets,
                                  op::MoveNetDevice,
                                  op::CopyUp,
                                  op::Notify,
                                  op::Await,
                                  op::Call,
                                  op::SetRoot,
                                  op::MountFs,
                                  op::BindMount,
                                  op::SetAttr,
                                  op::MakeNode,
                                  op::MakeLink,
                                  op::MakeDirectory,
                                  op::Mask,
                                  op::ReadonlyPath,
                                  op::OpenConsole,
                                  op::OwnStdio,
                                  op::PivotRoot,
                                  op::ChangeRoot,
                                  op::WriteProc,
                                  op::LoopbackUp,
                                  op::BoundCapabilities,
                                  op::AmbientCapabilities,
                                  op::EnterDirectory,
                                  op::InstallSeccomp,
                                  op::FindCommand,
                                  op::CloseInherited,
                                  op::JoinGroups,
                                  op::AwaitStart,
                                  op::Exec>;

// One of them. What copies, moves or ends 52 kinds is compiled once, in launch_plan.cc.
struct Operation : AnyOperation {
  Operation();
  Operation(const Operation& other);
  Operation(Operation&& other) noexcept;
  Operation& operator=(const Operation& other);
  Operation& operator=(Operation&& other) noexcept;
  ~Operation();

  template <typename Op>
    requires(!std::is_same_v<std::remove_cvref_t<Op>, Operation>)
  Operation(Op&& operation)
      : AnyOperation(std::in_place_type<std::remove_cvref_t<Op>>, std::forward<Op>(operation)) {}
};

}  // namespace isle::runtime
