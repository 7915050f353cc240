#pragma once
// The inventory while it is made (see discover.h).

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/fd.h"
#include "toolbox/discover.h"

namespace isle::toolbox {

class Discovery {
 public:
  explicit Discovery(const DiscoverOptions& options) : options_(options) {}
  Result<Inventory> run();

 private:
  DiscoverOptions options_;
  Inventory inventory_;
  kernel::UniqueFd proc_;
  // Mount namespaces that were not met through a process; looked into when those are done.
  struct Pending {
    Index index;
    kernel::UniqueFd fd;
  };
  std::vector<Pending> pending_;
  std::map<std::string, Index> procfs_;  // by device: the PID namespace it shows

  // The entry of a name; made when it is new.
  Index entry(const kernel::NamespaceName& name);
  // What the file tells, once; its owner and parent, too.
  Index learn(kernel::UniqueFd fd);
  void learn_relations(Index index, int fd);
  Index learn_relation(kernel::NamespaceRelation relation, bool& beyond);
  void hold(Index index, Holder holder);

  // scan_processes.cc
  struct Links {
    std::array<Index, kernel::kNamespaceKinds> in{};
    std::array<Index, kernel::kNamespaceKinds> for_children{};
    bool refused = false, any = false;
  };
  struct Seen {
    std::string text;
    Index index = kNone;
  };
  std::array<Seen, 2 * kernel::kNamespaceKinds>
      seen_;  // the last link of each: mostly the next, too
  Result<void> scan_processes();
  void scan_process(pid_t pid);
  void scan_threads(pid_t pid, const Links& leader);
  Links read_links(const std::string& directory);
  Index read_link(int directory, const char* file, Seen& seen, Links& links);
  void join_process(pid_t pid, const Links& links);

  // scan_descriptors.cc
  void scan_descriptors(pid_t pid, const Links& links);
  void scan_descriptor(
      pid_t pid, int number, std::string_view link, kernel::UniqueFd& pidfd, const Links& links);

  // scan_mounts.cc
  void scan_mounts();
  void scan_pending();
  void look_into(Index mount_namespace, pid_t pid);
  void note_bind_mount(Index mount_namespace,
                       int root,
                       const std::string& point,
                       const kernel::NamespaceName& name);
  void note_procfs(Index mount_namespace,
                   int root,
                   const std::string& point,
                   const std::string& device);
  Index shown_by(int procfs, bool& dead);

  // deep.cc
  void list_by_kernel();
  void explain_dead_procs();
  bool explain_dead_proc(const DeadProc& dead, std::int64_t deadline);
  std::map<std::uint64_t, std::uint64_t> wanted_ids() const;
  void search_all();
  unsigned search(kernel::NamespaceKind kind,
                  std::pair<std::uint64_t, std::uint64_t> ids,
                  std::pair<std::uint64_t, std::uint64_t> inodes,
                  std::int64_t deadline);

  void finish();
};

}  // namespace isle::toolbox
