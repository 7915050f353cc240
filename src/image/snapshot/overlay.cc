#include "image/snapshot/overlay.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/image_names.h"
#include "image/use.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

// Ids become names of directories.
Result<void> check_id(std::string_view id) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  if (!id.empty() && id.size() <= 128 && id.front() != '.' && std::ranges::all_of(id, is_plain)) {
    return {};
  }
  return fail(ErrorKind::InvalidArgument, format("{} is no container id", quoted(id)));
}

Result<void> make_directory(int parent, const char* name, mode_t mode) {
  if (mkdirat(parent, name, mode) == 0) return {};
  return fail_call(errno, format("mkdir({})", name));
}

// "HEX" of ROOT/layers/HEX/fs.
std::vector<std::string> names_of(const Store& store, const std::vector<HostPath>& layers) {
  std::vector<std::string> names;
  const std::string above = (store.root() / "layers").str() + "/";
  for (const HostPath& layer : layers) {
    if (!layer.str().starts_with(above)) continue;
    names.emplace_back(cut(std::string_view(layer.str()).substr(above.size()), '/').before);
  }
  return names;
}

// What "/" shows inside is the upper directory's own mode and owner.
Result<void> copy_look(int directory, const HostPath& layer, Unpacker who) {
  struct stat look{};
  if (stat(layer.c_str(), &look) != 0) return fail_call(errno, format("stat({})", layer.str()));
  if (who == Unpacker::Root && fchown(directory, look.st_uid, look.st_gid) != 0) {
    return fail_call(errno, "chown(upper)");
  }
  const mode_t mode = (look.st_mode & 07777U) | (who == Unpacker::User ? S_IRWXU : 0U);
  if (fchmod(directory, mode) != 0) return fail_call(errno, "chmod(upper)");
  return {};
}

// From here on they stay. Since the image was found, somebody may have removed it.
Result<void> claim_layers(const Store& store,
                          std::string_view container,
                          const std::vector<HostPath>& layers,
                          const std::string& image) {
  const kernel::UniqueFd lock = TRY(lock_names(store));
  TRY(write_container_image(store, container, {.id = image, .layers = names_of(store, layers)}));
  for (const HostPath& layer : layers) {
    if (access(layer.c_str(), F_OK) == 0) continue;
    return fail(ErrorKind::Conflict,
                format("the image was removed while the container was made: {} is gone",
                       quoted(layer.str())),
                "pull it again, or run it by a name that is here");
  }
  return {};
}

}  // namespace

Overlay overlay_of(const Store& store,
                   std::string_view container,
                   const std::vector<HostPath>& layers) {
  const HostPath directory = store.container_directory(container);
  return {.lowers = {layers.rbegin(), layers.rend()},
          .upper = directory / "upper",
          .work = directory / "work",
          .userxattr = store.who() == Unpacker::User};
}

Result<Overlay> prepare_overlay(const Store& store,
                                std::string_view container,
                                const std::vector<HostPath>& layers,
                                const std::string& image) {
  TRY(check_id(container));
  if (layers.empty())
    return fail(ErrorKind::InvalidArgument, "an image without layers has no root");
  const kernel::UniqueFd directory = TRY(store.directory(format("containers/{}", container)));
  TRY(claim_layers(store, container, layers, image));
  TRY(make_directory(directory.get(), "upper", 0755));
  TRY(make_directory(directory.get(), "work", 0700));
  const kernel::UniqueFd upper = TRY(kernel::open_at(directory.get(), "upper", kDirectory));
  TRY(copy_look(upper.get(), layers.back(), store.who()));
  return overlay_of(store, container, layers);
}

Result<void> remove_container_files(const Store& store, std::string_view container) {
  TRY(check_id(container));
  const kernel::UniqueFd containers =
      TRY(kernel::open_if_exists(store.root() / "containers", kDirectory));
  if (!containers) return {};
  return kernel::remove_tree(containers.get(), std::string(container));
}

}  // namespace isle::image
