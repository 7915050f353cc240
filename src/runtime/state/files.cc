#include "runtime/state/files.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/strings.h"
#include "kernel/beneath.h"
#include "oci/runtime_spec_json.h"
#include "oci/state.h"
#include "runtime/state/create.h"

namespace isle::runtime {

Result<void> make_directories(const HostPath& path) {
  if (mkdir(path.c_str(), 0711) == 0 || errno == EEXIST) return {};
  if (errno != ENOENT) {
    return fail_call(errno,
                     format("mkdir({})", path.str()),
                     {},
                     "choose a directory you may write to with --root");
  }
  const std::size_t slash = path.str().rfind('/');
  if (slash == 0 || slash == std::string::npos)
    return fail_call(errno, format("mkdir({})", path.str()));
  TRY(make_directories(HostPath(path.str().substr(0, slash))));
  if (mkdir(path.c_str(), 0711) != 0 && errno != EEXIST) {
    return fail_call(errno, format("mkdir({})", path.str()));
  }
  return {};
}

Result<void> save_config(const HostPath& root, std::string_view id, std::string_view text) {
  const HostPath path = state_directory(root, id) / "config.json";
  const kernel::UniqueFd fd =
      TRY(kernel::open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  return kernel::write_all(fd.get(), text);
}

Result<void> replace_config(const HostPath& root, std::string_view id, const oci::Spec& spec) {
  return kernel::replace_file(
      state_directory(root, id) / "config.json", json::write(oci::write_spec(spec)), 0600, false);
}

Result<oci::Spec> load_config(const HostPath& root, std::string_view id) {
  const std::string text = TRY(kernel::read_file(state_directory(root, id) / "config.json"));
  return TRY_STEP(oci::read_spec(text), "the spec of container " + quoted(id)).spec;
}

namespace {

// A socket's path has 108 bytes: long roots are reached through the directory's descriptor.
struct SocketPlace {
  kernel::UniqueFd directory;
  sockaddr_un address{};
};

Result<SocketPlace> place_of(const HostPath& root, std::string_view id) {
  SocketPlace place;
  place.directory = TRY(kernel::open_file(state_directory(root, id), O_PATH | O_DIRECTORY));
  place.address.sun_family = AF_UNIX;
  const std::string path = format("/proc/self/fd/{}/start", place.directory.get());
  std::memcpy(place.address.sun_path, path.c_str(), path.size() + 1);
  return place;
}

}  // namespace

Result<kernel::UniqueFd> listen_for_start(const HostPath& root, std::string_view id) {
  const SocketPlace place = TRY(place_of(root, id));
  kernel::UniqueFd fd = TRY(kernel::make_socket(AF_UNIX, SOCK_SEQPACKET));
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&place.address), sizeof place.address) !=
      0) {
    return fail_call(errno, "bind(start socket)");
  }
  if (listen(fd.get(), 4) != 0) return fail_call(errno, "listen(start socket)");
  return fd;
}

bool waits_for_start(const HostPath& root, std::string_view id) {
  const Result<SocketPlace> place = place_of(root, id);
  const Result<kernel::UniqueFd> fd = kernel::make_socket(AF_UNIX, SOCK_STREAM);
  if (!place || !fd) return true;  // not known: what was written down holds
  const auto* address = reinterpret_cast<const sockaddr*>(&place->address);
  return connect(fd->get(), address, sizeof place->address) == 0 ||
         (errno != ECONNREFUSED && errno != ENOENT);
}

Result<kernel::UniqueFd> connect_for_start(const HostPath& root, std::string_view id) {
  const SocketPlace place = TRY(place_of(root, id));
  kernel::UniqueFd fd = TRY(kernel::make_socket(AF_UNIX, SOCK_SEQPACKET));
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&place.address), sizeof place.address) !=
      0) {
    return fail_call(
        errno, "connect(start socket)", {}, "its init may have died: look at its state");
  }
  return fd;
}

std::string hook_state(const ContainerState& state, std::string_view status) {
  oci::State document;
  document.id = state.id;
  document.status = status;
  document.pid = state.pid.value;
  document.bundle = state.bundle.str();
  document.annotations = state.annotations;
  return json::write(oci::write_state(document));
}

void remove_state(const HostPath& root, std::string_view id) {
  const HostPath directory = state_directory(root, id);
  // attach.sock is isle-monitor's; one that was killed leaves it.
  for (const char* name : {"config.json", "start", "attach.sock", "state.json", "lock"}) {
    unlink((directory / name).c_str());
  }
  if (rmdir(directory.c_str()) == 0 || errno == ENOENT) return;
  // What a killed command had not renamed yet.
  const Result<kernel::UniqueFd> parent = kernel::open_file(root, O_RDONLY | O_DIRECTORY);
  if (parent) static_cast<void>(kernel::remove_tree(parent->get(), std::string(id)));
}

}  // namespace isle::runtime
