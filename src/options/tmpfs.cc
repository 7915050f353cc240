// --tmpfs: memory as a directory, tmpfs(5).
#include "base/strings.h"
#include "options/mount_words.h"
#include "options/rows.h"

namespace isle::options {

const Option kTmpfs{
    .flag = {"tmpfs",
             0,
             Arity::Value,
             "TARGET[:OPTIONS]",
             "Mount an empty tmpfs on TARGET; OPTIONS such as size=64m, mode=1777, exec, "
             "tmpcopyup",
             Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const Cut parts = cut(value, ':');
      record::MountRequest mount{.type = "tmpfs", .source = "tmpfs", .make_source = false};
      mount.target = TRY(mount_target(parts.before, "tmpfs"));
      mount.options = TRY(tmpfs_options(parts.after, "tmpfs"));
      return add_mount(request.container.storage, std::move(mount), "tmpfs");
    },
    .apply = nullptr,  // --mount does it for all
};

}  // namespace isle::options
