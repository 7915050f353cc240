// --read-only: nothing can be written to the root file system; volumes and tmpfs are as they are.
#include <algorithm>
#include <string_view>

#include "options/mount_words.h"
#include "options/rows.h"

namespace isle::options {

const Option kReadOnly{
    .flag = {"read-only",
             0,
             Arity::Switch,
             nullptr,
             "Mount the root file system read-only",
             Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.storage.read_only = value == "true";
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      builder.spec.root->readonly = container.storage.read_only;
      return {};
    },
};

const Option kReadOnlyTmpfs{
    .flag = {"read-only-tmpfs",
             0,
             Arity::Switch,
             nullptr,
             "With --read-only: a tmpfs on /run, /tmp and /var/tmp, with what the image has there",
             Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.read_only_tmpfs = value == "true";
      return {};
    },
    .apply = nullptr,
};

Result<void> add_read_only_tmpfs(RunRequest& request) {
  if (!request.read_only_tmpfs) return {};
  record::Storage& storage = request.container.storage;
  for (const std::string_view target : {"/run", "/tmp", "/var/tmp"}) {
    if (std::ranges::find(storage.mounts, target, &record::MountRequest::target) !=
        storage.mounts.end()) {
      continue;
    }
    record::MountRequest mount{.type = "tmpfs", .source = "tmpfs", .make_source = false};
    mount.target = target;
    mount.options = TRY(tmpfs_options("tmpcopyup", "read-only-tmpfs"));
    TRY(add_mount(storage, std::move(mount), "read-only-tmpfs"));
  }
  return {};
}

}  // namespace isle::options
