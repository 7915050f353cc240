#include "engine/layered_root.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "image/layer/layer_view.h"

namespace isle::engine {
namespace {

using image::LayerView;
constexpr std::size_t kLimit = std::size_t{1} << 20;

bool is_regular(int fd) {
  struct stat status{};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Result<LayeredRoot> LayeredRoot::open(const std::vector<HostPath>& layers) {
  LayeredRoot root;
  for (const HostPath& layer : layers) {
    root.roots_.push_back(TRY(kernel::open_file(layer, O_RDONLY | O_DIRECTORY)));
  }
  return root;
}

Result<std::optional<std::string>> LayeredRoot::read_file(const std::string& path) const {
  std::vector<int> roots;
  roots.reserve(roots_.size());
  for (const kernel::UniqueFd& root : roots_) roots.push_back(root.get());
  const Result<LayerView::Found> found =
      LayerView(std::move(roots)).find(path, LayerView::Follow::All);
  // What cannot be reached, such as through links in a circle, is as good as absent.
  if (!found || found->kind != LayerView::Found::Kind::Other) return std::nullopt;
  const Result<kernel::UniqueFd> file =
      kernel::open_at(found->parent.get(), found->name(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file || !is_regular(file->get())) return std::nullopt;
  return TRY_STEP(kernel::read_all(file->get(), kLimit), format("read {}", path));
}

}  // namespace isle::engine
