// Namespaces through those who are in them: the links of /proc/PID/ns and /proc/PID/task/TID/ns.
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/directory.h"
#include "toolbox/discovery.h"

namespace isle::toolbox {

using kernel::kNamespaceKinds;
using kernel::UniqueFd;

namespace {
// A directory of threads has three links and one for each thread but the first.
constexpr nlink_t kOneThread = 3;
}  // namespace

Index Discovery::read_link(int directory, const char* file, Seen& seen, Links& links) {
  char text[64];
  const ssize_t length = readlinkat(directory, file, text, sizeof text);
  if (length < 0) {
    links.refused |= errno == EACCES || errno == EPERM;
    return kNone;
  }
  links.any = true;
  const std::string_view link(text, static_cast<std::size_t>(length));
  if (link == seen.text) return seen.index;
  const auto name = kernel::parse_namespace_name(link);
  if (!name) return kNone;
  seen = {.text = std::string(link), .index = entry(*name)};
  if (inventory_.namespaces[seen.index].unopened) {
    if (auto fd = kernel::open_at(directory, file, O_RDONLY)) learn(std::move(*fd));
  }
  return seen.index;
}

Discovery::Links Discovery::read_links(const std::string& directory) {
  Links links;
  links.in.fill(kNone);
  links.for_children.fill(kNone);
  const auto fd = kernel::open_at(proc_.get(), directory, O_PATH | O_DIRECTORY);
  if (!fd) return links;
  for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
    const auto kind = static_cast<std::size_t>(facts.kind);
    links.in[kind] = read_link(fd->get(), facts.name, seen_[kind], links);
    if (links.refused) return links;
    if (facts.children == nullptr) continue;
    links.for_children[kind] =
        read_link(fd->get(), facts.children, seen_[kNamespaceKinds + kind], links);
  }
  return links;
}

void Discovery::join_process(pid_t pid, const Links& links) {
  inventory_.processes.push_back({.pid = pid, .in = links.in});
  for (std::size_t kind = 0; kind < kNamespaceKinds; ++kind) {
    if (links.in[kind] != kNone) {
      Namespace& space = inventory_.namespaces[links.in[kind]];
      if (space.processes++ == 0) {
        space.first_pid = pid;
        space.holders.push_back({.hold = Hold::Process, .pid = pid, .tid = pid});
      }
    }
    if (links.for_children[kind] != kNone && links.for_children[kind] != links.in[kind]) {
      hold(links.for_children[kind], {.hold = Hold::ForChildren, .pid = pid, .tid = pid});
    }
  }
}

void Discovery::scan_threads(pid_t pid, const Links& leader) {
  const std::string task = format("{}/task", pid);
  struct stat found{};
  if (fstatat(proc_.get(), task.c_str(), &found, 0) != 0 || found.st_nlink <= kOneThread) return;
  const auto directory = kernel::open_at(proc_.get(), task, O_RDONLY | O_DIRECTORY);
  if (!directory) return;
  const auto threads = kernel::numbers_in(directory->get());
  if (!threads) return;
  for (const pid_t tid : *threads) {
    if (tid == pid) continue;
    const Links links = read_links(format("{}/{}/ns", task, tid));
    for (std::size_t kind = 0; kind < kNamespaceKinds; ++kind) {
      if (links.in[kind] != leader.in[kind]) {
        hold(links.in[kind], {.hold = Hold::Thread, .pid = pid, .tid = tid});
      }
      if (links.for_children[kind] != links.in[kind] &&
          links.for_children[kind] != leader.for_children[kind]) {
        hold(links.for_children[kind], {.hold = Hold::ForChildren, .pid = pid, .tid = tid});
      }
    }
  }
}

void Discovery::scan_process(pid_t pid) {
  const Links links = read_links(format("{}/ns", pid));
  if (links.refused) {
    ++inventory_.unreadable;
    return;
  }
  if (links.any) join_process(pid, links);
  scan_threads(pid, links);
  if (options_.descriptors) scan_descriptors(pid, links);
}

Result<void> Discovery::scan_processes() {
  const std::vector<int> pids = TRY(kernel::numbers_in(proc_.get()));
  inventory_.processes.reserve(pids.size());
  for (const int pid : pids) scan_process(pid);
  return {};
}

}  // namespace isle::toolbox
