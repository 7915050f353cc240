#include "runtime/state/resctrl.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/strings.h"
#include "kernel/resctrl.h"
#include "runtime/plan/resctrl.h"

namespace isle::runtime {

namespace {

kernel::ResctrlGroup own_group(const HostPath& root, const std::string& id) {
  return {.root = root, .group = id, .monitor = {}};
}

struct CloseDirectory {
  void operator()(DIR* stream) const { closedir(stream); }
};

// "tasks" of resctrl takes threads. A process that has ended meanwhile has none.
std::vector<Pid> threads_of(Pid pid) {
  std::vector<Pid> threads;
  const std::string path = format("/proc/{}/task", pid.value);
  const std::unique_ptr<DIR, CloseDirectory> stream(opendir(path.c_str()));
  while (const dirent* entry = stream == nullptr ? nullptr : readdir(stream.get())) {
    const Result<unsigned long long> number = parse_uint(entry->d_name, "");
    if (number) threads.push_back({static_cast<pid_t>(*number)});
  }
  return threads;
}

// A process may fork between the list and the write: until no new one shows up.
Result<void> bring_in(const kernel::ResctrlGroup& group,
                      const std::function<Result<std::vector<Pid>>()>& processes) {
  std::vector<Pid> known;
  for (bool found = true; found;) {
    found = false;
    for (const Pid pid : TRY(processes())) {
      for (const Pid thread : threads_of(pid)) {
        if (std::ranges::find(known, thread) != known.end()) continue;
        const Result<void> joined =
            kernel::join_resctrl(group, kernel::ResctrlMaking::MustExist, {}, thread);
        if (!joined && joined.error().errnum != ESRCH) return joined;
        known.push_back(thread);
        found = true;
      }
    }
  }
  return {};
}

Result<void> check(const HostPath& root, const oci::Spec& spec, const CacheShares& shares) {
  if (root.empty()) {
    return fail(ErrorKind::Unsupported,
                "shares of cache and memory bandwidth: no resctrl file system is mounted on "
                "/sys/fs/resctrl",
                "mount it (mount -t resctrl resctrl /sys/fs/resctrl) on a machine whose processor "
                "has it");
  }
  TRY(plan::check_schema("the L3 cache schema", shares.l3_cache_schema, ""));
  if (!shares.mem_bw_schema.empty()) {
    TRY(plan::check_schema("the memory bandwidth schema", shares.mem_bw_schema, "MB:"));
  }
  const bool shared =
      spec.linux_ && spec.linux_->intel_rdt && !spec.linux_->intel_rdt->clos_id.empty();
  if (!shared) return {};
  return fail(ErrorKind::Conflict,
              format("the container is in the class of service {}, which others may be in, too",
                     quoted(spec.linux_->intel_rdt->clos_id)),
              "change its schemata below /sys/fs/resctrl");
}

}  // namespace

Result<void> leave_resctrl(const oci::Spec& spec, const std::string& id) {
  if (!spec.linux_ || !spec.linux_->intel_rdt) return {};
  const oci::IntelRdt& rdt = *spec.linux_->intel_rdt;
  const std::string root = kernel::find_resctrl();
  if (root.empty()) return {};
  const bool own = rdt.clos_id.empty();
  return kernel::remove_resctrl({.root = HostPath(root),
                                 .group = own                  ? id
                                          : rdt.clos_id == "/" ? std::string()
                                                               : rdt.clos_id,
                                 .monitor = rdt.enable_monitoring ? id : std::string()},
                                own);
}

Result<void> ResctrlChange::apply(oci::Spec& spec,
                                  const CacheShares& shares,
                                  const std::function<Result<std::vector<Pid>>()>& processes) {
  if (shares.l3_cache_schema.empty() && shares.mem_bw_schema.empty()) return {};
  TRY(check(root_, spec, shares));
  std::vector<std::string> lines;
  if (!shares.l3_cache_schema.empty()) lines.push_back(shares.l3_cache_schema);
  if (!shares.mem_bw_schema.empty()) lines.push_back(shares.mem_bw_schema);
  if (!spec.linux_) spec.linux_.emplace();
  const kernel::ResctrlGroup group = own_group(root_, id_);
  if (spec.linux_->intel_rdt) {
    before_ = TRY(kernel::change_schemata(group, lines));
  } else {
    const std::vector<Pid> first = TRY(processes());
    if (first.empty()) return fail(ErrorKind::Conflict, "the container has no process");
    TRY(kernel::join_resctrl(group, kernel::ResctrlMaking::New, lines, first.front()));
    made_ = true;
    if (Result<void> joined = bring_in(group, processes); !joined) {
      take_back();
      return joined;
    }
    spec.linux_->intel_rdt.emplace();
  }
  oci::IntelRdt& rdt = *spec.linux_->intel_rdt;
  if (!shares.l3_cache_schema.empty()) rdt.l3_cache_schema = shares.l3_cache_schema;
  if (!shares.mem_bw_schema.empty()) rdt.mem_bw_schema = shares.mem_bw_schema;
  return {};
}

void ResctrlChange::take_back() const {
  const kernel::ResctrlGroup group = own_group(root_, id_);
  if (made_) static_cast<void>(kernel::remove_resctrl(group, true));
  if (!before_.empty()) static_cast<void>(kernel::change_schemata(group, {before_}));
}

}  // namespace isle::runtime
