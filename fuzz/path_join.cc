// Paths of a container below a tree of its own making. Each line of the input but the last makes
// something: "NAME" a directory, "NAME -> TARGET" a link. The last line is a path that is opened,
// and made where it is missing, by init's way (a mount's target) and by that for archives. Whatever
// comes of it lies in the tree; beside it nothing is made.

#include <cstring>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "check.h"
#include "kernel/beneath.h"
#include "runtime/init/state.h"

namespace {

using namespace isle;
using runtime::init::Target;
using runtime::init::TargetKind;

class Tree {
 public:
  Tree() {
    fuzz::check(mkdtemp(path_) != nullptr, "a temporary directory can be made");
    top_ = kernel::UniqueFd(open(path_, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { static_cast<void>(kernel::remove_tree(AT_FDCWD, path_)); }

  int fresh() {
    fuzz::check(kernel::remove_tree(top_.get(), "root").has_value(), "a tree can be removed");
    fuzz::check(mkdirat(top_.get(), "root", 0755) == 0, "a tree can be made");
    root_ = kernel::UniqueFd(openat(top_.get(), "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return root_.get();
  }
  // A descriptor that was got for a path.
  void look_at(int fd) const {
    if (fd < 0) return;
    char place[4096];
    const std::string link = format("/proc/self/fd/{}", fd);
    const ssize_t length = readlink(link.c_str(), place, sizeof place);
    const std::string inside = std::string(path_) + "/root";
    const std::string_view name(place, length < 0 ? 0 : static_cast<std::size_t>(length));
    fuzz::check(name == inside || name.starts_with(inside + "/"), "it lies in the tree");
    close(fd);
  }
  void look_beside() const {
    DIR* directory = opendir(path_);
    int names = 0;
    while (directory != nullptr && readdir(directory) != nullptr) ++names;
    closedir(directory);
    fuzz::check(names == 3, "nothing was made beside the tree");  // . .. root
  }

 private:
  char path_[32] = "/tmp/isle-fuzz-XXXXXX";
  kernel::UniqueFd top_, root_;
};

void make(int root, std::string_view line) {
  const std::size_t arrow = line.find(" -> ");
  const std::string name(line.substr(0, arrow));
  if (name.empty() || name.size() > 200 || name.contains('/')) return;
  if (arrow == std::string_view::npos) {
    mkdirat(root, name.c_str(), 0755);
    return;
  }
  const std::string target(line.substr(arrow + 4));
  static_cast<void>(symlinkat(target.c_str(), root, name.c_str()));
}

void open_as_init(const Tree& tree, int root, const std::string& path) {
  for (const TargetKind kind : {TargetKind::Existing, TargetKind::File, TargetKind::Directory}) {
    for (const bool refuse : {true, false}) {
      runtime::init::State state{.program = nullptr,
                                 .report_fd = -1,
                                 .root_fd = root,
                                 .null_fd = -1,
                                 .mask_tree_fd = -1,
                                 .call = "",
                                 .text = {}};
      const Target target{
          .path = path.c_str(), .kind = kind, .refuse_symlinks = refuse, .mode = 0755};
      tree.look_at(static_cast<int>(runtime::init::open_target(state, target)));
      const char* name = nullptr;
      tree.look_at(static_cast<int>(runtime::init::open_parent(state, path.c_str(), &name)));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  static Tree tree;
  const int root = tree.fresh();
  std::vector<std::string_view> lines = split(fuzz::text_of(data, size), '\n');
  if (lines.empty()) return 0;
  const std::string path(lines.back().substr(0, lines.back().find('\0')));
  lines.pop_back();
  if (lines.size() > 16) lines.resize(16);
  for (const std::string_view line : lines) make(root, line);
  if (auto fd = kernel::open_beneath(root, path, O_PATH)) tree.look_at(fd->release());
  if (auto fd = kernel::open_beneath(root, path, O_WRONLY | O_CREAT, 0600)) {
    tree.look_at(fd->release());
  }
  open_as_init(tree, root, path);
  tree.look_beside();
  return 0;
}
