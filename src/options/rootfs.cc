// --rootfs: a plain directory as the root file system, instead of an image. With ":O" writes go to
// a layer of the container's own.
#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> parse(RunRequest& request, std::string_view value) {
  record::RootSource& root = request.container.storage.root;
  root.overlay = value.ends_with(":O");
  if (root.overlay) value.remove_suffix(2);
  if (value.empty()) return fail(ErrorKind::InvalidArgument, "--rootfs names no directory");
  root.directory = TRY(absolute_path(value));
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const std::string& directory = container.storage.root.directory;
  if (directory.empty()) return {};
  const struct stat status = TRY_STEP(builder.world.look(directory), "--rootfs");
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::InvalidArgument,
                format("--rootfs: {} is not a directory", quoted(directory)));
  }
  if (directory == "/" && !container.storage.root.overlay) {
    return fail(ErrorKind::InvalidArgument,
                "--rootfs: the host's own root cannot be a container's",
                "give a copy of it, or --rootfs /:O for an overlay over it");
  }
  return {};
}

}  // namespace

const Option kRootfs{
    .flag = {"rootfs",
             0,
             Arity::Value,
             "DIR[:O]",
             "Take the directory DIR as the root file system instead of an image; :O keeps DIR as "
             "it is and writes beside it",
             Section::Files},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
