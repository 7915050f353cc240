#include "options/passwd.h"

#include <algorithm>
#include <set>

#include "base/strings.h"

namespace isle::options {
namespace {

// Ids above are not for processes: (uid_t)-1 means "no change" to the kernel.
constexpr unsigned long long kLastId = 0xfffffffe;

std::optional<std::uint32_t> id_of(std::string_view text) {
  const auto number = parse_uint(text, "");
  if (!number || *number > kLastId) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

struct UserEntry {
  std::string name;
  std::uint32_t uid = 0, gid = 0;
  std::string home;
};

struct GroupEntry {
  std::string name;
  std::uint32_t gid = 0;
  std::vector<std::string> members;
};

// Lines that are no entry are passed over, as getpwent(3) does.
std::vector<UserEntry> read_passwd(std::string_view text) {
  std::vector<UserEntry> entries;
  for (std::string_view line : split(text, '\n')) {
    const auto parts = split(line, ':');
    if (parts.size() < 6 || parts[0].empty() || line.starts_with('#')) continue;
    const auto uid = id_of(parts[2]);
    const auto gid = id_of(parts[3]);
    if (!uid || !gid) continue;
    entries.push_back(
        {.name = std::string(parts[0]), .uid = *uid, .gid = *gid, .home = std::string(parts[5])});
  }
  return entries;
}

std::vector<GroupEntry> read_group(std::string_view text) {
  std::vector<GroupEntry> entries;
  for (std::string_view line : split(text, '\n')) {
    const auto parts = split(line, ':');
    if (parts.size() < 3 || parts[0].empty() || line.starts_with('#')) continue;
    const auto gid = id_of(parts[2]);
    if (!gid) continue;
    GroupEntry entry{.name = std::string(parts[0]), .gid = *gid, .members = {}};
    for (std::string_view member : split(parts.size() > 3 ? parts[3] : "", ',')) {
      if (!member.empty()) entry.members.emplace_back(member);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

class Resolver {
 public:
  explicit Resolver(const ReadInside& read) : read_(read) {}

  Result<ResolvedUser> resolve(std::string_view user, const std::vector<std::string>& extra) {
    const Cut parts = cut(user, ':');
    TRY(take_user(parts.before.empty() ? "0" : parts.before));
    if (parts.found) {
      user_.gid = TRY(gid_of(parts.after));
    } else {
      TRY(take_memberships());
    }
    for (const std::string& group : extra) gids_.insert(TRY(gid_of(group)));
    user_.groups.assign(gids_.begin(), gids_.end());
    return std::move(user_);
  }

 private:
  const ReadInside& read_;
  ResolvedUser user_;
  std::string name_;  // of the passwd entry, if there is one
  std::set<std::uint32_t> gids_;
  std::optional<std::vector<GroupEntry>> groups_;

  // The name first: an entry may be named by digits, as docker has it.
  Result<void> take_user(std::string_view wanted) {
    const std::string text =
        TRY_STEP(read_("/etc/passwd"), "read the container's /etc/passwd").value_or("");
    const std::vector<UserEntry> entries = read_passwd(text);
    auto entry = std::ranges::find(entries, wanted, &UserEntry::name);
    const auto number = id_of(wanted);
    if (entry == entries.end() && number) {
      entry = std::ranges::find(entries, *number, &UserEntry::uid);
      user_.uid = *number;
    }
    if (entry == entries.end()) {
      if (number) return {};
      return fail(ErrorKind::InvalidArgument,
                  format("the container has no user {}", quoted(wanted)),
                  "its /etc/passwd does not name it; a number needs no entry there");
    }
    user_.uid = entry->uid;
    user_.gid = entry->gid;
    if (!entry->home.empty()) user_.home = entry->home;
    name_ = entry->name;
    return {};
  }

  Result<void> load_groups() {
    if (groups_) return {};
    const std::string text =
        TRY_STEP(read_("/etc/group"), "read the container's /etc/group").value_or("");
    groups_ = read_group(text);
    return {};
  }

  Result<void> take_memberships() {
    if (name_.empty()) return {};
    TRY(load_groups());
    for (const GroupEntry& group : *groups_) {
      const bool member = std::ranges::find(group.members, name_) != group.members.end();
      if (member && group.gid != user_.gid) gids_.insert(group.gid);
    }
    return {};
  }

  Result<std::uint32_t> gid_of(std::string_view wanted) {
    TRY(load_groups());
    const auto entry = std::ranges::find(*groups_, wanted, &GroupEntry::name);
    if (entry != groups_->end()) return entry->gid;
    if (const auto number = id_of(wanted)) return *number;
    return fail(ErrorKind::InvalidArgument,
                format("the container has no group {}", quoted(wanted)),
                "its /etc/group does not name it; a number needs no entry there");
  }
};

}  // namespace

Result<ResolvedUser> resolve_user(std::string_view user,
                                  const std::vector<std::string>& extra,
                                  const ReadInside& read) {
  return Resolver(read).resolve(user, extra);
}

}  // namespace isle::options
