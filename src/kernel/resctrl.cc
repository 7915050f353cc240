#include "kernel/resctrl.h"

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::kernel {

namespace {

constexpr const char* kPlace = "/sys/fs/resctrl";
constexpr long kMagic = 0x7655821;  // RDTGROUP_SUPER_MAGIC of linux/magic.h

HostPath directory_of(const ResctrlGroup& group) {
  return group.group.empty() ? group.root : group.root / group.group;
}
HostPath monitor_of(const ResctrlGroup& group) {
  return directory_of(group) / "mon_groups" / group.monitor;
}

bool is_directory(const HostPath& path) {
  struct stat about{};
  return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

Result<void> make_group(const HostPath& path) {
  if (mkdir(path.c_str(), 0755) == 0) return {};
  return fail_call(errno,
                   format("mkdir({})", path.str()),
                   {},
                   errno == ENOSPC ? "the processor has no more classes or counters to give" : "");
}

Result<void> remove_group(const HostPath& path) {
  if (rmdir(path.c_str()) == 0 || errno == ENOENT) return {};
  return fail_call(errno, format("rmdir({})", path.str()));
}

struct Schema {
  std::string_view resource;                             // "L3"
  std::map<std::string_view, std::string_view> domains;  // "0" -> "7f0", without leading zeros
};

Schema parse_schema(std::string_view line) {
  const Cut parts = cut(trim(line), ':');
  Schema schema{.resource = trim(parts.before), .domains = {}};
  for (const std::string_view domain : split(parts.after, ';')) {
    const Cut pair = cut(trim(domain), '=');
    std::string_view value = trim(pair.after);
    while (value.size() > 1 && value[0] == '0') value.remove_prefix(1);
    if (pair.found) schema.domains[trim(pair.before)] = value;
  }
  return schema;
}

bool same_digits(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

Result<void> check_schemata(const HostPath& directory, const std::vector<std::string>& lines) {
  const HostPath file = directory / "schemata";
  const std::string there = TRY(read_file(file));
  for (const std::string& line : lines) {
    if (schemata_has(there, line)) continue;
    return fail(ErrorKind::Conflict,
                format("{} does not say {}", file.str(), quoted(line)),
                "the class of service exists already, with other shares");
  }
  return {};
}

Result<void> write_schemata(const HostPath& directory, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  return write_existing(directory / "schemata", join(lines, "\n") + "\n");
}

// Makes group and monitoring group; `made` says what there is to take back.
Result<void> prepare(const ResctrlGroup& group,
                     ResctrlMaking making,
                     const std::vector<std::string>& schemata,
                     bool& made) {
  const HostPath directory = directory_of(group);
  const bool there = making != ResctrlMaking::New && is_directory(directory);
  if (!there && making == ResctrlMaking::MustExist) {
    return fail(ErrorKind::NotFound,
                format("there is no class of service {}", quoted(group.group)),
                format("make {} first, or give schemata", directory.str()));
  }
  if (there) {
    // The root is everybody's: what is asked of it is written, not compared.
    if (!group.group.empty()) return check_schemata(directory, schemata);
  } else {
    TRY(make_group(directory));
    made = true;
  }
  return write_schemata(directory, schemata);
}

Result<void> add_task(const HostPath& directory, Pid pid) {
  return write_existing(directory / "tasks", std::to_string(pid.value));
}

}  // namespace

std::string find_resctrl() {
  struct statfs about{};
  const bool there = statfs(kPlace, &about) == 0 && about.f_type == kMagic;
  return there ? kPlace : "";
}

bool schemata_has(std::string_view file, std::string_view line) {
  const Schema wanted = parse_schema(line);
  for (const std::string_view each : split(file, '\n')) {
    const Schema have = parse_schema(each);
    if (have.resource != wanted.resource) continue;
    return std::ranges::all_of(wanted.domains, [&have](const auto& domain) {
      const auto found = have.domains.find(domain.first);
      return found != have.domains.end() && same_digits(found->second, domain.second);
    });
  }
  return false;
}

Result<void> join_resctrl(const ResctrlGroup& group,
                          ResctrlMaking making,
                          const std::vector<std::string>& schemata,
                          Pid pid) {
  bool made = false;
  Result<void> done = prepare(group, making, schemata, made);
  if (done) done = add_task(directory_of(group), pid);
  if (done && !group.monitor.empty()) {
    done = make_group(monitor_of(group));
    if (done) {
      done = add_task(monitor_of(group), pid);
      if (!done) static_cast<void>(remove_group(monitor_of(group)));
    }
  }
  if (!done && made) static_cast<void>(remove_group(directory_of(group)));
  return done;
}

Result<std::string> change_schemata(const ResctrlGroup& group,
                                    const std::vector<std::string>& schemata) {
  const HostPath directory = directory_of(group);
  std::string before = TRY(read_file(directory / "schemata"));
  TRY(write_schemata(directory, schemata));
  return before;
}

Result<void> remove_resctrl(const ResctrlGroup& group, bool whole) {
  if (!group.monitor.empty()) TRY(remove_group(monitor_of(group)));
  if (whole && !group.group.empty()) TRY(remove_group(directory_of(group)));
  return {};
}

}  // namespace isle::kernel
