// --storage-driver, --storage-opt: how the container's own files are kept apart from its image's
// (image/snapshot/driver.h). The engine looks whether the host can; here only names are checked.
#include "base/strings.h"
#include "image/snapshot/driver.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kStorageDriver{
    .flag = {"storage-driver",
             0,
             Arity::Value,
             "DRIVER",
             "overlay, zfs, fuse-overlayfs, btrfs or vfs (default: the first that works here; "
             "ISLE_STORAGE_DRIVER)",
             Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const image::Driver driver = TRY_STEP(image::parse_driver(value), "--storage-driver");
      request.container.storage.driver = image::to_string(driver);
      return {};
    },
    .apply = nullptr,
};

const Option kStorageOpt{
    .flag =
        {"storage-opt",
         0,
         Arity::Value,
         "size=BYTES",
         "Limit what the container may write: on btrfs and zfs, and on xfs and ext4 with project "
         "quotas",
         Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const Cut word = cut(value, '=');
      if (word.before != "size") {
        return fail(ErrorKind::Unsupported,
                    format("--storage-opt: {} is not known", quoted(word.before)),
                    "there is size=BYTES");
      }
      const std::int64_t size = TRY(parse_size(word.after, "storage-opt size"));
      if (size == 0) return fail(ErrorKind::InvalidArgument, "--storage-opt: size=0 is too small");
      request.container.storage.size = size;
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
