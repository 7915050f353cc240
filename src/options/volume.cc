// --volume: a directory or file of the host inside (a missing one is made, as docker does), a
// volume by its name, or one of the container's own.
#include "volume/volume.h"
#include "base/strings.h"
#include "options/mount_words.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> parse(RunRequest& request, std::string_view value) {
  const auto parts = split(value, ':');
  if (parts.size() > 3 || parts[0].empty() || (parts.size() > 1 && parts[1].empty())) {
    return fail(ErrorKind::InvalidArgument,
                format("--volume: {} is not SOURCE:TARGET[:OPTIONS]", quoted(value)));
  }
  const std::string_view words = parts.size() > 2 ? parts[2] : "";
  if (parts.size() == 1) {
    return add_mount(
        request.container.storage, TRY(volume_request("", parts[0], "", "volume")), "volume");
  }
  if (!parts[0].starts_with('/') && !parts[0].starts_with('.')) {
    TRY(volume::check_volume_name(parts[0]));
    return add_mount(request.container.storage,
                     TRY(volume_request(parts[0], parts[1], words, "volume")),
                     "volume");
  }
  record::MountRequest mount{.type = "bind", .make_source = true};
  mount.source = TRY(absolute_path(parts[0]));
  mount.target = TRY(mount_target(parts[1], "volume"));
  TRY(take_mount_words(mount, words, "volume"));
  return add_mount(request.container.storage, std::move(mount), "volume");
}

}  // namespace

const Option kVolume{
    .flag =
        {"volume",
         'v',
         Arity::Value,
         "[SOURCE:]TARGET[:OPTIONS]",
         "Mount SOURCE, a path of the host or a volume's name, on TARGET inside; OPTIONS such as "
         "ro, rslave, noexec, nocopy, U, O, idmap, divided by commas",
         Section::Files},
    .parse = parse,
    .apply = nullptr,  // --mount does it for all
};

const Option kVolumesFrom{
    .flag = {"volumes-from",
             0,
             Arity::Value,
             "CONTAINER[:ro]",
             "Mount the volumes and directories that another container has, at the same places",
             Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const Cut parts = cut(value, ':');
      if (parts.before.empty() || (parts.found && parts.after != "ro" && parts.after != "rw")) {
        return fail(ErrorKind::InvalidArgument,
                    format("--volumes-from: {} is not CONTAINER[:ro]", quoted(value)));
      }
      request.container.storage.volumes_from.emplace_back(value);
      return {};
    },
    .apply = nullptr,  // the engine knows the other container
};

const Option kImageVolume{
    .flag = {"image-volume",
             0,
             Arity::Value,
             "anonymous|tmpfs|ignore",
             "What the places become that the image declares as volumes (default: anonymous)",
             Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value != "anonymous" && value != "bind" && value != "tmpfs" && value != "ignore") {
        return fail(ErrorKind::InvalidArgument,
                    format("--image-volume cannot be {}", quoted(value)),
                    "it is anonymous, tmpfs or ignore");
      }
      const bool usual = value == "anonymous" || value == "bind";
      request.container.storage.image_volume = usual ? "" : std::string(value);
      return {};
    },
    .apply = nullptr,  // the engine knows the image
};

}  // namespace isle::options
