#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "image/layer/copy_tree.h"
#include "image/snapshot/tree.h"
#include "kernel/fd.h"

namespace isle::image {

Result<void> make_vfs_tree(int container, const std::vector<HostPath>& layers) {
  if (mkdirat(container, "tree", 0700) != 0) return fail_call(errno, "mkdir(tree)");
  const kernel::UniqueFd tree =
      TRY(kernel::open_at(container, "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  return copy_layers(layers, tree.get());
}

}  // namespace isle::image
