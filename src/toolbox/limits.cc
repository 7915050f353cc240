#include "toolbox/limits.h"

#include <algorithm>
#include <map>

#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/directory.h"
#include "kernel/fd.h"

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

// Open descriptors whose link has that text, by the user of the process.
Counts count_descriptors(const Inventory& inventory, std::string_view wanted) {
  Counts counts;
  for (const Process& process : inventory.processes) {
    const auto fd =
        kernel::open_file(HostPath(format("/proc/{}/fd", process.pid)), O_RDONLY | O_DIRECTORY);
    const auto numbers = fd ? kernel::numbers_in(fd->get()) : std::unexpected(fd.error());
    const auto user = user_of(process.pid);
    if (!numbers || !user) continue;
    for (const int number : *numbers) {
      char text[64];
      const ssize_t length = readlinkat(fd->get(), format("{}", number).c_str(), text, sizeof text);
      if (length > 0 && std::string_view(text, static_cast<std::size_t>(length)) == wanted)
        ++counts[*user];
    }
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
  constexpr std::pair<const char*, const char*> kWatchers[] = {
      {"max_inotify_instances", "anon_inode:inotify"},
      {"max_inotify_watches", nullptr},
      {"max_fanotify_groups", "anon_inode:[fanotify]"},
      {"max_fanotify_marks", nullptr},
  };
  for (const auto& [name, link] : kWatchers) {
    const auto most = value_of(name);
    if (!most) continue;
    Limit limit{.name = name, .most = *most};
    limit.counted = link != nullptr;
    if (link != nullptr) take(limit, count_descriptors(inventory, link));
    all.push_back(std::move(limit));
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
