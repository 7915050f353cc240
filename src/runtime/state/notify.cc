#include "runtime/state/notify.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/strings.h"
#include "kernel/unix_socket.h"

namespace isle::runtime {

namespace {

constexpr const char* kVariable = "NOTIFY_SOCKET";
constexpr const char* kDirectory = "notify";  // in the container's state directory
constexpr const char* kName = "notify";       // of the socket in it, crun's name

Result<kernel::UniqueFd> connect_to_manager(const std::string& name) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if (name.size() >= sizeof address.sun_path) {
    return fail(ErrorKind::InvalidArgument, format("{}: {} is too long", kVariable, quoted(name)));
  }
  name.copy(address.sun_path, name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  kernel::UniqueFd socket = TRY(kernel::make_socket(AF_UNIX, SOCK_DGRAM));
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    return fail_call(
        errno,
        format("connect({})", name),
        {},
        "NOTIFY_SOCKET names a socket that a service manager reads: unset it without one");
  }
  return socket;
}

// sd_notify_barrier(3): the manager closes the descriptor when it has read all before it.
void let_it_read(int manager) {
  constexpr int kPatience = 5000;  // ms
  Result<kernel::FdPair> pipe = kernel::make_pipe();
  if (!pipe || !kernel::send_with_fd(manager, "BARRIER=1", pipe->second.get())) return;
  pipe->second.reset();
  pollfd closed{.fd = pipe->first.get(), .events = 0, .revents = 0};
  while (poll(&closed, 1, kPatience) < 0 && errno == EINTR) {
  }
}

bool says_ready(std::string_view message) {
  for (const std::string_view line : split(message, '\n')) {
    if (line == "READY=1") return true;
  }
  return false;
}

}  // namespace

std::string notify_address() {
  const char* address = getenv(kVariable);
  return address == nullptr ? "" : address;
}

Result<void> tell_manager(const std::string& message, bool wait) {
  const kernel::UniqueFd manager = TRY(connect_to_manager(notify_address()));
  if (send(manager.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
    return fail_call(errno, format("send({})", kVariable));
  }
  if (wait) let_it_read(manager.get());
  return {};
}

Result<void> offer_notify_socket(oci::Spec& spec, const HostPath& directory) {
  const std::string address = notify_address();
  if (address.empty() || !spec.process) return {};
  if (address[0] != '/' && address[0] != '@') {
    return fail(
        ErrorKind::InvalidArgument,
        format("{}: {} is neither a path nor an abstract name", kVariable, quoted(address)));
  }
  const std::string place = address[0] == '/' ? address : "/run/notify";
  spec.mounts.push_back({.destination = place,
                         .type = "bind",
                         .source = directory.str(),
                         .options = {"bind", "ro", "nosuid", "nodev", "noexec", "private"}});
  oci::Strings& env = spec.process->env;
  std::erase_if(env, [](const std::string& one) { return one.starts_with("NOTIFY_SOCKET="); });
  env.push_back(format("{}={}/{}", kVariable, place, kName));
  return {};
}

Result<void> offer_notify_socket(CreateRequest& request) {
  if (notify_address().empty() || !request.spec->process) return {};
  request.own_directory = kDirectory;
  return offer_notify_socket(*request.spec, state_directory(request.root, request.id) / kDirectory);
}

Result<std::optional<Notifier>> Notifier::open(const HostPath& root, std::string_view id) {
  if (notify_address().empty()) return std::nullopt;
  Result<Notifier> notifier = open_in(state_directory(root, id) / kDirectory);
  if (notifier) return *std::move(notifier);
  if (notifier.error().errnum == ENOENT) return std::nullopt;
  return std::unexpected(std::move(notifier).error());
}

Result<Notifier> Notifier::open_in(const HostPath& directory) {
  // What runs as anybody inside may say that it is ready.
  constexpr mode_t kEverybody = 0666;
  return Notifier(TRY(kernel::bind_at(directory, kName, SOCK_DGRAM, kEverybody)));
}

Result<bool> Notifier::take(Pid main) {
  std::array<char, 4096> message{};
  for (;;) {
    const ssize_t count = recv(socket_.get(), message.data(), message.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return told_;
    if (told_ || !says_ready({message.data(), static_cast<std::size_t>(count)})) continue;
    told_ = true;
    manager_ = TRY(connect_to_manager(notify_address()));
    const std::string words = format("READY=1\nMAINPID={}\n", main.value);
    if (send(manager_.get(), words.data(), words.size(), MSG_NOSIGNAL) < 0) {
      return fail_call(errno, format("send({}, READY=1)", kVariable));
    }
  }
}

Result<void> Notifier::wait(int pidfd, Pid main) {
  pollfd set[2] = {{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                   {.fd = pidfd, .events = POLLIN, .revents = 0}};
  for (;;) {
    if (poll(set, 2, -1) < 0 && errno != EINTR) return fail_call(errno, "poll()");
    if (TRY(take(main))) {
      let_it_read(manager_.get());
      return {};
    }
    if (set[1].revents != 0) return {};
  }
}

}  // namespace isle::runtime
