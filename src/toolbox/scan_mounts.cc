// Namespaces through mounts: bind mounts of their files, and procfs, which holds the PID namespace
// it shows. Each mount namespace is looked into through a process in it; one without a process gets
// one of ours for that moment.
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/beneath.h"
#include "kernel/directory.h"
#include "kernel/fork.h"
#include "kernel/kernel_abi.h"
#include "kernel/mountinfo.h"
#include "kernel/process.h"
#include "toolbox/discovery.h"

namespace isle::toolbox {

using kernel::NamespaceKind;
using kernel::UniqueFd;

namespace {

constexpr auto kMnt = static_cast<std::size_t>(NamespaceKind::Mnt);

bool has_whole_root(pid_t pid) {
  char text[8];
  const ssize_t length = readlink(format("/proc/{}/root", pid).c_str(), text, sizeof text);
  return length == 1 && text[0] == '/';
}

// A process of ours in a mount namespace that has none, until this ends.
class Visitor {
 public:
  static std::optional<Visitor> enter(int mount_namespace) {
    auto life = kernel::make_pipe();
    auto news = kernel::make_pipe();
    if (!life || !news) return std::nullopt;
    auto child = kernel::fork_child(true);
    if (!child) return std::nullopt;
    if (child->inside) {
      life->second.reset();
      visit(mount_namespace, life->first.get(), news->second.get());
    }
    news->second.reset();
    char word = 0;
    const bool there = read(news->first.get(), &word, 1) == 1;
    Visitor visitor;
    visitor.life_ = std::move(life->second);
    visitor.child_ = std::move(*child);
    return there ? std::optional(std::move(visitor)) : std::nullopt;
  }
  Visitor(Visitor&&) = default;
  Visitor& operator=(Visitor&&) = default;
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  ~Visitor() {
    life_.reset();
    if (child_.pidfd) static_cast<void>(kernel::wait_for(child_.pidfd.get()));
  }
  pid_t pid() const { return child_.pid.value; }

 private:
  Visitor() = default;
  UniqueFd life_;
  kernel::ForkedChild child_;

  [[noreturn]] static void visit(int mount_namespace, int life, int news) {
    if (!kernel::join_namespace(mount_namespace, NamespaceKind::Mnt)) {
      // Its owner's powers may be needed, which a member of that user namespace has.
      const kernel::NamespaceRelation owner = kernel::owner_of(mount_namespace);
      if (!owner.fd || !kernel::join_namespace(owner.fd.get(), NamespaceKind::User) ||
          !kernel::join_namespace(mount_namespace, NamespaceKind::Mnt)) {
        _exit(1);
      }
    }
    char word = 'y';
    if (write(news, &word, 1) != 1) _exit(1);
    _exit(read(life, &word, 1) == 0 ? 0 : 1);
  }
};

}  // namespace

void Discovery::note_bind_mount(Index mount_namespace,
                                int root,
                                const std::string& point,
                                const kernel::NamespaceName& name) {
  const Index index = entry(name);
  hold(index, {.hold = Hold::BindMount, .path = point, .other = mount_namespace});
  if (!inventory_.namespaces[index].unopened) return;
  // Something may be mounted over it: then this is another file.
  auto fd = kernel::open_in_root(root, point, O_RDONLY | O_NONBLOCK);
  if (fd && kernel::is_namespace_file(fd->get())) learn(std::move(*fd));
}

// The PID namespace of a procfs: what the kernel tells, else the one its processes are in.
Index Discovery::shown_by(int procfs, bool& dead) {
  dead = false;
  if (UniqueFd told = kernel::pid_namespace_of_procfs(procfs)) return learn(std::move(told));
  const auto pids = kernel::numbers_in(procfs);
  if (!pids) return kNone;
  dead = pids->empty();
  for (const int pid : *pids) {
    char text[64];
    const ssize_t length = readlinkat(procfs, format("{}/ns/pid", pid).c_str(), text, sizeof text);
    if (length <= 0) continue;
    // A process of a namespace below is shown, too: its own number there has more levels.
    const auto status = kernel::open_at(procfs, format("{}/status", pid), O_RDONLY);
    const std::string words = status ? kernel::read_all(status->get()).value_or("") : std::string();
    const std::string levels = status_line(words, "NSpid");
    if (levels.empty() || levels.find('\t') != std::string::npos) continue;
    const auto name =
        kernel::parse_namespace_name(std::string_view(text, static_cast<std::size_t>(length)));
    if (name) return entry(*name);
  }
  return kNone;
}

void Discovery::note_procfs(Index mount_namespace,
                            int root,
                            const std::string& point,
                            const std::string& device) {
  const auto known = procfs_.find(device);
  if (known == procfs_.end()) {
    auto fd = kernel::open_in_root(root, point, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    struct statfs kind{};
    if (!fd || fstatfs(fd->get(), &kind) != 0 || kind.f_type != kProcMagic) return;
    bool dead = false;
    const Index shown = shown_by(fd->get(), dead);
    if (shown == kNone && dead) {
      inventory_.dead_procs.push_back(
          {.path = point, .device = device, .mount_namespace = mount_namespace});
    }
    procfs_[device] = shown;
  }
  if (const Index shown = procfs_[device]; shown != kNone) {
    hold(shown, {.hold = Hold::ProcMount, .path = point, .other = mount_namespace});
  }
}

void Discovery::look_into(Index mount_namespace, pid_t pid) {
  const auto text = kernel::read_file(HostPath(format("/proc/{}/mountinfo", pid)));
  const auto root = kernel::open_file(HostPath(format("/proc/{}/root", pid)), O_PATH | O_DIRECTORY);
  if (!text || !root) {
    inventory_.notes.push_back(format("the mounts of {} could not be read",
                                      inventory_.namespaces[mount_namespace].name.str()));
    return;
  }
  for (const kernel::MountLine& mount : kernel::parse_mounts_of(*text, "nsfs")) {
    if (const auto name = kernel::parse_namespace_name(mount.root)) {
      note_bind_mount(mount_namespace, root->get(), mount.point, *name);
    }
  }
  for (const kernel::MountLine& mount : kernel::parse_mounts_of(*text, "proc")) {
    // Parts of a procfs that are mounted (masks, read-only ones) hold it as well; one is told.
    if (mount.root != "/") continue;
    note_procfs(mount_namespace, root->get(), mount.point, mount.device);
  }
}

void Discovery::scan_mounts() {
  // By mount namespace the process to look through: one that is not confined by chroot(2), if any.
  std::map<Index, std::pair<pid_t, bool>> through;
  for (const Process& process : inventory_.processes) {
    const Index index = process.in[kMnt];
    if (index == kNone) continue;
    const auto [found, is_new] = through.try_emplace(index, process.pid, false);
    if (found->second.second) continue;
    if (has_whole_root(process.pid)) found->second = {process.pid, true};
  }
  for (const auto& [index, best] : through) look_into(index, best.first);
}

void Discovery::scan_pending() {
  while (!pending_.empty()) {
    const Pending next = std::move(pending_.back());
    pending_.pop_back();
    if (inventory_.namespaces[next.index].processes != 0) continue;
    const auto visitor = Visitor::enter(next.fd.get());
    if (visitor) {
      look_into(next.index, visitor->pid());
    } else {
      inventory_.notes.push_back(format("{} has no process, and may not be entered",
                                        inventory_.namespaces[next.index].name.str()));
    }
  }
}

}  // namespace isle::toolbox
