#include "runtime/launch/seccomp_agent.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/json.h"
#include "base/strings.h"
#include "kernel/unix_socket.h"

namespace isle::runtime::launch {

namespace {

constexpr const char* kAdvice = "start the agent first: it listens on a UNIX stream socket there";

Result<std::string> process_state(const oci::Seccomp& seccomp,
                                  Pid pid,
                                  const std::string& state_json) {
  json::Value document;
  document["ociVersion"] = std::string(oci::kRuntimeSpecVersion);
  document["fds"] = std::vector<std::string>{"seccompFd"};
  document["pid"] = pid.value;
  if (!seccomp.listener_metadata.empty()) document["metadata"] = seccomp.listener_metadata;
  document["state"] = TRY(json::parse(state_json));
  return json::write(document);
}

Result<kernel::UniqueFd> connect_to(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  Result<kernel::UniqueFd> socket =
      kernel::connect_at(HostPath(path.substr(0, slash + 1)), path.substr(slash + 1), SOCK_STREAM);
  if (socket) return socket;
  return std::unexpected(std::move(socket).error().advise(kAdvice));
}

}  // namespace

Result<void> find_agent(const std::string& path) {
  if (!path.starts_with('/')) {
    return fail(ErrorKind::InvalidArgument,
                format("linux.seccomp.listenerPath: {} is not absolute", quoted(path)));
  }
  struct stat about{};
  if (stat(path.c_str(), &about) != 0) {
    return fail_call(errno, format("stat({})", path), "linux.seccomp.listenerPath", kAdvice);
  }
  if (S_ISSOCK(about.st_mode)) return {};
  return fail(ErrorKind::InvalidArgument,
              format("linux.seccomp.listenerPath: {} is no socket", quoted(path)),
              kAdvice);
}

Result<void> send_listener(const oci::Seccomp& seccomp,
                           Pid pid,
                           const std::string& state_json,
                           const kernel::UniqueFd& listener) {
  const std::string document = TRY(process_state(seccomp, pid, state_json));
  const auto reach = [&]() -> Result<void> {
    const kernel::UniqueFd socket = TRY(connect_to(seccomp.listener_path));
    return kernel::send_with_fd(socket.get(), document, listener.get());
  };
  TRY_STEP(reach(), "hand the listener to the agent of linux.seccomp.listenerPath");
  return {};
}

}  // namespace isle::runtime::launch
