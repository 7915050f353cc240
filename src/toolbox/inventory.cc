#include "toolbox/inventory.h"

#include <algorithm>

#include <sys/stat.h>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::toolbox {

std::string_view to_string(Hold hold) {
  switch (hold) {
    case Hold::Process: return "process";
    case Hold::Thread: return "thread";
    case Hold::ForChildren: return "for children";
    case Hold::Descriptor: return "descriptor";
    case Hold::Socket: return "socket";
    case Hold::Tun: return "tun device";
    case Hold::BindMount: return "bind mount";
    case Hold::ProcMount: return "proc mount";
    case Hold::Child: return "child";
    case Hold::Owned: return "owned";
  }
  return "";
}

const Namespace* Inventory::find(const kernel::NamespaceName& name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : &namespaces[found->second];
}

const Process* Inventory::find_process(pid_t pid) const {
  const auto found = std::ranges::find(processes, pid, &Process::pid);
  return found == processes.end() ? nullptr : &*found;
}

std::string command_of(pid_t pid) {
  auto text = kernel::read_file(HostPath(format("/proc/{}/cmdline", pid)), std::size_t{1} << 20);
  if (!text || text->empty()) {
    text = kernel::read_file(HostPath(format("/proc/{}/comm", pid)));
    return text ? format("[{}]", trim(*text)) : "";
  }
  while (text->ends_with('\0')) text->pop_back();
  for (char& c : *text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  return *text;
}

std::optional<uid_t> user_of(pid_t pid) {
  struct stat found{};
  if (stat(format("/proc/{}", pid).c_str(), &found) != 0) return std::nullopt;
  return found.st_uid;
}

std::string user_name(uid_t uid) {
  static const std::string kUsers =
      kernel::read_file(HostPath("/etc/passwd"), std::size_t{1} << 20).value_or("");
  std::string wanted = format("{}", uid);
  for (const std::string_view line : split(kUsers, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() > 2 && fields[2] == wanted) return std::string(fields[0]);
  }
  return wanted;
}

std::string status_line(std::string_view status, std::string_view key) {
  for (const std::string_view line : split(status, '\n')) {
    const Cut parts = cut(line, ':');
    if (parts.before == key) return std::string(trim(parts.after));
  }
  return {};
}

}  // namespace isle::toolbox
