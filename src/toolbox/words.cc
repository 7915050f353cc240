#include "toolbox/words.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;

namespace {

std::string name_of(const Inventory& inventory, Index index) {
  return index == kNone ? "" : inventory.namespaces[index].name.str();
}

std::string process_words(pid_t pid) {
  std::string command = command_of(pid);
  if (command.size() > 48) command = command.substr(0, 45) + "...";
  return format("process {}{}", pid, command.empty() ? "" : format(" ({})", command));
}

std::string seen_from(const Inventory& inventory, Index mount_namespace) {
  const Namespace& space = inventory.namespaces[mount_namespace];
  return space.processes == 0 ? format("{}, which has no process", space.name.str())
                              : format("{} of process {}", space.name.str(), space.first_pid);
}

// The kinds of what keeps it, each once.
std::string kept_words(const Namespace& space) {
  std::vector<std::string> words;
  for (const Holder& holder : space.holders) {
    std::string word(to_string(holder.hold));
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  return join(words, ", ");
}

}  // namespace

const ContainerName* container_of(const Inventory& inventory,
                                  const ContainerNames& names,
                                  const Namespace& space) {
  const auto kind = static_cast<std::size_t>(space.name.kind);
  for (const ContainerName& name : names) {
    const Process* process = inventory.find_process(name.pid);
    if (process == nullptr || process->in[kind] == kNone) continue;
    if (inventory.namespaces[process->in[kind]].name == space.name && !space.initial &&
        space.first_pid >= name.pid) {
      return &name;
    }
  }
  return nullptr;
}

std::string reason_of(const Inventory& inventory, const Holder& holder) {
  switch (holder.hold) {
    case Hold::Process: return format("{} is in it", process_words(holder.pid));
    case Hold::Thread:
      return format("thread {} of {} is in it", holder.tid, process_words(holder.pid));
    case Hold::ForChildren:
      return format("the next child of {} will be in it", process_words(holder.pid));
    case Hold::Descriptor:
      return format("descriptor {} of {} is open on it", holder.fd, process_words(holder.pid));
    case Hold::Socket:
      return format(
          "descriptor {} of {} is a socket made in it", holder.fd, process_words(holder.pid));
    case Hold::Tun:
      return format(
          "descriptor {} of {} is a tun device in it", holder.fd, process_words(holder.pid));
    case Hold::BindMount:
      return format(
          "it is bind mounted at {} in {}", holder.path, seen_from(inventory, holder.other));
    case Hold::ProcMount:
      return format(
          "the procfs at {} in {} shows it", holder.path, seen_from(inventory, holder.other));
    case Hold::Child: return format("it is the parent of {}", name_of(inventory, holder.other));
    case Hold::Owned: return format("it owns {}", name_of(inventory, holder.other));
  }
  return {};
}

namespace {
std::string unmount_words(const Inventory& inventory, const Holder& holder) {
  const Namespace& space = inventory.namespaces[holder.other];
  if (space.processes == 0) return format("let go of {}", space.name.str());
  return format("isle ns enter --target {} --mount -- umount {}", space.first_pid, holder.path);
}
}  // namespace

std::string remedy_of(const Inventory& inventory, const Holder& holder) {
  switch (holder.hold) {
    case Hold::Process: return "end all its processes";
    case Hold::Thread:
    case Hold::ForChildren: return format("end process {}", holder.pid);
    case Hold::Descriptor:
    case Hold::Socket:
    case Hold::Tun:
      return format("close descriptor {} in process {}, or end it", holder.fd, holder.pid);
    case Hold::BindMount:
    case Hold::ProcMount: return unmount_words(inventory, holder);
    case Hold::Child:
    case Hold::Owned: return format("isle ns why {}", name_of(inventory, holder.other));
  }
  return {};
}

json::Value namespace_row(const Inventory& inventory,
                          const ContainerNames& names,
                          const Namespace& space) {
  json::Value row;
  row["Kind"] = facts_of(space.name.kind).name;
  row["Inode"] = space.name.inode;
  row["Name"] = space.name.str();
  if (space.id) row["Id"] = *space.id;
  row["Processes"] = space.processes;
  const pid_t pid = space.first_pid != 0    ? space.first_pid
                    : space.holders.empty() ? 0
                                            : space.holders.front().pid;
  if (pid != 0) {
    row["PID"] = pid;
    if (const auto user = user_of(pid)) row["User"] = user_name(*user);
    row["Command"] = command_of(pid);
  }
  row["Owner"] = space.owner_beyond ? "beyond" : name_of(inventory, space.owner);
  row["Parent"] = space.parent_beyond ? "beyond" : name_of(inventory, space.parent);
  const ContainerName* container = container_of(inventory, names, space);
  row["Container"] = container == nullptr ? "" : container->name;
  row["Kept"] = space.initial ? "initial" : kept_words(space);
  return row;
}

json::Value namespace_json(const Inventory& inventory,
                           const ContainerNames& names,
                           const Namespace& space) {
  json::Value value = namespace_row(inventory, names, space);
  value["Flag"] = facts_of(space.name.kind).flag;
  value["Initial"] = space.initial;
  if (space.owner_uid) value["OwnerUid"] = *space.owner_uid;
  value["Opened"] = !space.unopened;
  json::Value holders(json::Array{});
  for (const Holder& holder : space.holders) {
    json::Value one;
    one["How"] = to_string(holder.hold);
    if (holder.pid != 0) one["PID"] = holder.pid;
    if (holder.tid != holder.pid) one["TID"] = holder.tid;
    if (holder.fd >= 0) one["Descriptor"] = holder.fd;
    if (!holder.path.empty()) one["Path"] = holder.path;
    if (holder.other != kNone) one["Namespace"] = name_of(inventory, holder.other);
    one["Reason"] = reason_of(inventory, holder);
    one["Remedy"] = remedy_of(inventory, holder);
    holders.push_back(std::move(one));
  }
  value["Holders"] = std::move(holders);
  return value;
}

namespace {

std::vector<Index> namespaces_of(const Process& process) {
  std::vector<Index> found;
  for (const Index index : process.in) {
    if (index != kNone) found.push_back(index);
  }
  return found;
}

Result<std::vector<Index>> find_by_path(const Inventory& inventory, std::string_view path) {
  const auto fd = kernel::open_file(HostPath(std::string(path)), O_RDONLY | O_NONBLOCK);
  if (!fd) return std::unexpected(fd.error());
  const kernel::NamespaceFacts facts = TRY(kernel::look_at_namespace(fd->get()));
  const auto found = inventory.by_name.find(facts.name);
  if (found == inventory.by_name.end()) {
    return fail(ErrorKind::NotFound, format("nobody but {} holds that namespace", quoted(path)));
  }
  return std::vector<Index>{found->second};
}

}  // namespace

Result<Pid> find_process(const ContainerNames& names, std::string_view word) {
  if (word == "self") return Pid{getpid()};
  for (const ContainerName& name : names) {
    if (word == name.name || (word.size() >= 4 && name.id.starts_with(word))) {
      return Pid{name.pid};
    }
  }
  const auto number = parse_int(word, "a process");
  struct stat found{};
  if (!number || *number <= 0 || stat(format("/proc/{}", *number).c_str(), &found) != 0) {
    return fail(ErrorKind::NotFound,
                format("there is no process and no running container {}", quoted(word)),
                "isle ps lists the containers that run");
  }
  return Pid{static_cast<pid_t>(*number)};
}

Result<std::vector<Index>> find_namespaces(const Inventory& inventory,
                                           const ContainerNames& names,
                                           std::string_view word) {
  if (word.find('/') != std::string_view::npos) return find_by_path(inventory, word);
  std::vector<Index> found;
  const auto name = kernel::parse_namespace_name(word);
  const auto number = parse_uint(word, "a namespace");
  for (Index i = 0; i < inventory.namespaces.size(); ++i) {
    const Namespace& space = inventory.namespaces[i];
    if ((name && space.name == *name) || (number && space.name.inode == *number)) {
      found.push_back(i);
    }
  }
  if (!found.empty()) return found;
  const auto pid = find_process(names, word);
  const Process* process = pid ? inventory.find_process(pid->value) : nullptr;
  if (process != nullptr) return namespaces_of(*process);
  if (pid) {
    return fail(ErrorKind::Denied,
                format("the namespaces of process {} may not be read", pid->value),
                "ptrace(2)'s rule decides: be its user or have CAP_SYS_PTRACE over it");
  }
  return fail(ErrorKind::NotFound,
              format("there is no namespace {}", quoted(word)),
              "name a process, an inode, \"net:[4026531840]\", a path of /proc/PID/ns, or a "
              "container; isle ns ls lists them");
}

}  // namespace isle::toolbox
