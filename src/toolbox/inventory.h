#pragma once
// Every namespace there is, why each is alive, and which process is where: what the namespace tools
// are made of. discover.h fills it; it is plain data.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/namespace.h"

namespace isle::toolbox {

// An index of Inventory::namespaces.
using Index = std::uint32_t;
inline constexpr Index kNone = ~Index{0};

// What keeps a namespace alive, namespaces(7), "Namespace lifetime".
enum class Hold : unsigned char {
  Process,      // a member: its first thread
  Thread,       // a thread that is elsewhere than its process' first
  ForChildren,  // pid_for_children, time_for_children: where its next child will be
  Descriptor,   // an open file of nsfs
  Socket,       // a socket made in it
  Tun,          // an open file of a tun device in it
  BindMount,    // a bind mount of its file
  ProcMount,    // a procfs that shows it
  Child,        // the parent of a user or PID namespace that lives
  Owned,        // the owner of a namespace that lives
};
std::string_view to_string(Hold hold);

struct Holder {
  Hold hold = Hold::Process;
  pid_t pid = 0;
  pid_t tid = 0;
  int fd = -1;
  std::string path;     // of a mount, as the mount namespace `by` sees it
  Index other = kNone;  // of a mount its mount namespace; of Child and Owned that namespace
};

struct Namespace {
  kernel::NamespaceName name;
  std::optional<std::uint64_t> id;
  std::optional<std::uint32_t> owner_uid;  // of a user namespace
  Index owner = kNone, parent = kNone;
  bool owner_beyond = false, parent_beyond = false;  // it is not the caller's to see
  bool initial = false;                              // the kernel's own: never ends
  // Facts are missing: a mount tells its number, but it could not be opened.
  bool unopened = false;
  unsigned processes = 0;
  pid_t first_pid = 0;          // the lowest of those
  std::vector<Holder> holders;  // members but the first are not listed one by one
};

struct Process {
  pid_t pid = 0;
  std::array<Index, kernel::kNamespaceKinds> in{};
};

// A procfs whose PID namespace has no process left, and whose number nobody told.
struct DeadProc {
  std::string path, device;
  Index mount_namespace = kNone;
};

struct Inventory {
  std::vector<Namespace> namespaces;
  std::vector<Process> processes;
  unsigned unreadable = 0;  // processes whose namespaces are not the caller's to see
  std::vector<DeadProc> dead_procs;
  std::vector<std::string> notes;  // what could not be looked at, and why
  std::map<kernel::NamespaceName, Index> by_name;

  const Namespace* find(const kernel::NamespaceName& name) const;
  const Process* find_process(pid_t pid) const;
};

// Containers by name, from whoever knows them.
struct ContainerName {
  std::string name, id;
  pid_t pid = 0;
};
using ContainerNames = std::vector<ContainerName>;

// Of /proc/PID: what tables show. Empty when it has gone.
std::string command_of(pid_t pid);
std::optional<uid_t> user_of(pid_t pid);
std::string user_name(uid_t uid);
// A line of /proc/PID/status, without its key.
std::string status_line(std::string_view status, std::string_view key);

}  // namespace isle::toolbox
