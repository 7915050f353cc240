#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/process.h"
#include "toolbox/unshare_parts.h"

namespace isle::toolbox {

using kernel::facts_of;
using kernel::NamespaceKind;

namespace {

Result<void> write_maps_of(const UnshareRequest& request, Pid pid) {
  const bool deny = request.setgroups == false ||
                    (!request.setgroups && !request.gid_map.empty() && geteuid() != 0 &&
                     request.gid_map.size() == 1 && request.gid_map[0].count == 1);
  if (deny) {
    TRY(kernel::write_existing(HostPath(format("/proc/{}/setgroups", pid.value)), "deny"));
  }
  if (!request.gid_map.empty()) TRY(write_map(pid, "gid_map", request.gid_map));
  if (!request.uid_map.empty()) TRY(write_map(pid, "uid_map", request.uid_map));
  return {};
}

Result<void> write_pins(const UnshareRequest& request, Pid pid) {
  for (const auto& [kind, path] : request.pins) {
    const auto& facts = facts_of(kind);
    const std::string source = format(
        "/proc/{}/ns/{}", pid.value, facts.children != nullptr ? facts.children : facts.name);
    TRY(kernel::open_file(HostPath(path), O_CREAT | O_RDONLY | O_NONBLOCK, 0444));
    if (mount(source.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      return fail_call(errno,
                       format("mount({} on {}, bind)", source, path),
                       {},
                       kind == NamespaceKind::Mnt
                           ? "a mount namespace can be kept only on a private mount that it is not "
                             "a copy of: mount --bind --make-private DIR DIR"
                           : "bind mounts need CAP_SYS_ADMIN outside");
    }
  }
  return {};
}

}  // namespace

Result<UnshareHelper> UnshareHelper::start(const UnshareRequest& request) {
  UnshareHelper helper;
  auto [ours, theirs] = TRY(kernel::make_socketpair(SOCK_SEQPACKET));
  const Pid parent{getpid()};
  helper.child_ = TRY(kernel::fork_child(true));
  if (helper.child_.inside) {
    ours.reset();
    serve(request, parent, theirs.get());
  }
  helper.wire_ = std::move(ours);
  return helper;
}

Result<void> UnshareHelper::ask(char what) const {
  char text[4096];
  if (send(wire_.get(), &what, 1, MSG_NOSIGNAL) != 1) return fail_call(errno, "send()");
  const ssize_t length = recv(wire_.get(), text, sizeof text, 0);
  if (length <= 0) return fail(ErrorKind::Internal, "the helper has ended");
  if (text[0] == '+') return {};
  const Cut parts = cut(std::string_view(text + 1, static_cast<std::size_t>(length - 1)), '\n');
  return fail(ErrorKind::Denied, std::string(parts.before), std::string(parts.after));
}

void UnshareHelper::end() {
  wire_.reset();
  if (child_.pidfd) static_cast<void>(kernel::wait_for(child_.pidfd.get()));
}

void UnshareHelper::serve(const UnshareRequest& request, Pid parent, int wire) {
  char what = 0;
  while (recv(wire, &what, 1, 0) == 1) {
    const auto done = what == 'm' ? write_maps_of(request, parent) : write_pins(request, parent);
    const std::string answer =
        done ? "+" : format("-{}\n{}", done.error().describe(), done.error().hint);
    if (send(wire, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
  }
  _exit(0);
}

}  // namespace isle::toolbox
