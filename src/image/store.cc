#include "image/store.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::image {
namespace {

// Set and absolute, as the XDG specification demands; else nothing.
std::string absolute_variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && value[0] == '/' ? value : "";
}

Result<HostPath> default_root(Unpacker who) {
  const std::string chosen = absolute_variable("ISLE_ROOT");
  if (!chosen.empty()) return HostPath(chosen);
  if (who == Unpacker::Root) return HostPath("/var/lib/isle");
  const std::string data = absolute_variable("XDG_DATA_HOME");
  if (!data.empty()) return HostPath(data + "/isle");
  const std::string home = absolute_variable("HOME");
  if (!home.empty()) return HostPath(home + "/.local/share/isle");
  return fail(ErrorKind::InvalidArgument,
              "nowhere to keep images: neither HOME nor XDG_DATA_HOME is set",
              "set HOME, or ISLE_ROOT to a directory of your own");
}

Result<kernel::UniqueFd> make_and_open(const std::string& path) {
  constexpr int kDirectory = O_RDONLY | O_DIRECTORY;
  kernel::UniqueFd fd = TRY(kernel::open_if_exists(HostPath(path), kDirectory));
  if (fd) return fd;
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string prefix = path.substr(0, end);
    if (mkdir(prefix.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail_call(errno, format("mkdir({})", prefix));
    }
    if (end == std::string::npos) break;
  }
  return kernel::open_file(HostPath(path), kDirectory);
}

}  // namespace

Result<Store> Store::open() {
  const Unpacker who = geteuid() == 0 ? Unpacker::Root : Unpacker::User;
  return Store(TRY(default_root(who)), who);
}

HostPath Store::image_file(const oci::Digest& id) const { return root_ / "images" / id.hex(); }

HostPath Store::layer_directory(const oci::Digest& diff_id) const {
  return root_ / "layers" / diff_id.hex() / "fs";
}

HostPath Store::blob_file(const oci::Digest& digest) const {
  return root_ / "blobs" / digest.algorithm() / digest.hex();
}

HostPath Store::container_directory(std::string_view id) const { return root_ / "containers" / id; }

Result<kernel::UniqueFd> Store::directory(const std::string& path) const {
  return make_and_open(path.empty() ? root_.str() : (root_ / path).str());
}

}  // namespace isle::image
