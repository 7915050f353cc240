#include "toolbox/limits.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/directory.h"
#include "kernel/fd.h"
#include "kernel/fork.h"
#include "kernel/process.h"

namespace isle::toolbox {

namespace {

using Counts = std::map<uid_t, std::uint64_t>;

// Who is charged: the user namespace's maker; else the user of a process in it.
std::optional<uid_t> user_of_namespace(const Namespace& space) {
  if (space.owner_uid) return space.owner_uid;
  for (const Holder& holder : space.holders) {
    if (holder.pid != 0) return user_of(holder.pid);
  }
  return std::nullopt;
}

void take(Limit& limit, const Counts& counts) {
  for (const auto& [uid, count] : counts) {
    limit.used += count;
    if (count > limit.by_user) {
      limit.by_user = count;
      limit.user = user_name(uid);
    }
  }
}

Counts count_namespaces(const Inventory& inventory, kernel::NamespaceKind kind) {
  Counts counts;
  for (const Namespace& space : inventory.namespaces) {
    // The kernel's own are nobody's.
    if (space.name.kind != kind || space.initial) continue;
    if (const auto user = user_of_namespace(space)) ++counts[*user];
  }
  return counts;
}

// What is watched: a kind of descriptor, and the lines of its fdinfo that count (proc(5)).
struct Watcher {
  const char* limit;
  std::string_view link;
  std::string_view line;  // empty: the descriptor itself
};
constexpr Watcher kWatchers[] = {
    {"max_inotify_instances", "anon_inode:inotify", ""},
    {"max_inotify_watches", "anon_inode:inotify", "inotify wd:"},
    {"max_fanotify_groups", "anon_inode:[fanotify]", ""},
    {"max_fanotify_marks", "anon_inode:[fanotify]", "fanotify "},
};

std::uint64_t lines_of(pid_t pid, int fd, std::string_view wanted) {
  const auto text = kernel::read_file(HostPath(format("/proc/{}/fdinfo/{}", pid, fd)));
  if (!text) return 0;
  return static_cast<std::uint64_t>(
      std::ranges::count_if(split(*text, '\n'), [wanted](std::string_view line) {
        return line.starts_with(wanted) && !line.starts_with("fanotify flags:");
      }));
}

using WatcherCounts = std::array<Counts, std::size(kWatchers)>;

void count_watcher(pid_t pid, int directory, int number, WatcherCounts& counts) {
  char text[64];
  const ssize_t length = readlinkat(directory, format("{}", number).c_str(), text, sizeof text);
  if (length <= 0) return;
  const std::string_view link(text, static_cast<std::size_t>(length));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (link != kWatchers[i].link) continue;
    const auto user = user_of(pid);
    if (!user) return;
    counts[i][*user] += kWatchers[i].line.empty() ? 1 : lines_of(pid, number, kWatchers[i].line);
  }
}

// By the user of the process, in the order of kWatchers.
WatcherCounts count_watchers(const Inventory& inventory) {
  WatcherCounts counts;
  for (const Process& process : inventory.processes) {
    const auto fd =
        kernel::open_file(HostPath(format("/proc/{}/fd", process.pid)), O_RDONLY | O_DIRECTORY);
    const auto numbers = fd ? kernel::numbers_in(fd->get()) : std::unexpected(fd.error());
    if (!numbers) continue;
    for (const int number : *numbers) count_watcher(process.pid, fd->get(), number, counts);
  }
  return counts;
}

std::optional<std::uint64_t> value_of(const std::string& name) {
  const auto text = kernel::read_file(HostPath(format("/proc/sys/user/{}", name)));
  const auto number = text ? parse_uint(trim(*text), name) : std::unexpected(text.error());
  return number ? std::optional<std::uint64_t>(*number) : std::nullopt;
}

}  // namespace

std::vector<Limit> limits(const Inventory& inventory) {
  std::vector<Limit> all;
  for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
    Limit limit{.name = format("max_{}_namespaces", facts.name)};
    const auto most = value_of(limit.name);
    if (!most) continue;
    limit.most = *most;
    take(limit, count_namespaces(inventory, facts.kind));
    all.push_back(std::move(limit));
  }
  const auto watched = count_watchers(inventory);
  for (std::size_t i = 0; i < watched.size(); ++i) {
    Limit limit{.name = kWatchers[i].limit};
    const auto most = value_of(limit.name);
    if (!most) continue;
    limit.most = *most;
    take(limit, watched[i]);
    all.push_back(std::move(limit));
  }
  return all;
}

namespace {

using Maxima = std::array<std::optional<std::uint64_t>, kernel::kNamespaceKinds>;

Maxima own_maxima() {
  Maxima maxima;
  for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
    maxima[static_cast<std::size_t>(facts.kind)] =
        value_of(format("max_{}_namespaces", facts.name));
  }
  return maxima;
}

// /proc/sys/user shows those of the reader's user namespace: a child goes there and reads.
Maxima maxima_of(const Namespace& space) {
  const auto fd = kernel::open_namespace(Pid{space.first_pid}, kernel::NamespaceKind::User);
  auto wire = kernel::make_pipe();
  if (!fd || !wire) return {};
  const auto child = kernel::fork_child(true);
  if (!child) return {};
  if (child->inside) {
    if (!kernel::join_namespace(fd->get(), kernel::NamespaceKind::User)) _exit(1);
    const Maxima maxima = own_maxima();
    _exit(write(wire->second.get(), &maxima, sizeof maxima) == sizeof maxima ? 0 : 1);
  }
  wire->second.reset();
  Maxima maxima;
  const bool there = read(wire->first.get(), &maxima, sizeof maxima) == sizeof maxima;
  static_cast<void>(kernel::wait_for(child->pidfd.get()));
  return there ? maxima : Maxima{};
}

// The user namespaces in which it is charged, each with the user: the one it was made in, and all
// above, where the maker of the one below pays.
void charge(const Inventory& inventory,
            const Namespace& space,
            std::map<std::tuple<Index, uid_t, kernel::NamespaceKind>, std::uint64_t>& sums) {
  auto payer = user_of_namespace(space);
  const bool is_user = space.name.kind == kernel::NamespaceKind::User;
  Index at = is_user ? space.parent : space.owner;
  while (at != kNone && payer) {
    ++sums[{at, *payer, space.name.kind}];
    payer = inventory.namespaces[at].owner_uid;
    at = inventory.namespaces[at].parent;
  }
}

}  // namespace

std::vector<Charge> charges(const Inventory& inventory) {
  std::map<std::tuple<Index, uid_t, kernel::NamespaceKind>, std::uint64_t> sums;
  for (const Namespace& space : inventory.namespaces) {
    if (!space.initial) charge(inventory, space, sums);
  }
  const auto own = kernel::open_namespace(Pid{getpid()}, kernel::NamespaceKind::User);
  const auto facts = own ? kernel::look_at_namespace(own->get()) : std::unexpected(own.error());
  std::map<Index, Maxima> maxima;
  std::vector<Charge> all;
  all.reserve(sums.size());
  for (const auto& [key, used] : sums) {
    const auto& [at, user, kind] = key;
    const Namespace& space = inventory.namespaces[at];
    const auto [found, is_new] = maxima.try_emplace(at);
    if (is_new && facts && space.name == facts->name)
      found->second = own_maxima();
    else if (is_new && space.first_pid != 0)
      found->second = maxima_of(space);
    all.push_back({.user_namespace = at,
                   .user = user,
                   .kind = kind,
                   .used = used,
                   .most = found->second[static_cast<std::size_t>(kind)]});
  }
  return all;
}

std::vector<OwnedCount> owned_counts(const Inventory& inventory) {
  std::vector<OwnedCount> counts;
  for (Index i = 0; i < inventory.namespaces.size(); ++i) {
    if (inventory.namespaces[i].name.kind != kernel::NamespaceKind::User) continue;
    OwnedCount count{.user_namespace = i};
    for (const Namespace& space : inventory.namespaces) count.owned += space.owner == i ? 1 : 0;
    for (Index up = inventory.namespaces[i].parent; up != kNone;
         up = inventory.namespaces[up].parent) {
      ++count.depth;
    }
    counts.push_back(count);
  }
  std::ranges::sort(counts, std::greater(), &OwnedCount::owned);
  return counts;
}

}  // namespace isle::toolbox
