#pragma once
// Layers seen as overlay would show them, without mounting anything: whiteouts and opaque
// directories hide what is below (Documentation/filesystems/overlayfs.rst). Names come from
// strangers: each is opened in its parent's fd, links are only followed here, inside the root.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::image {

class LayerView {
 public:
  // Topmost first. The fds stay the caller's.
  explicit LayerView(std::vector<int> roots) : roots_(std::move(roots)) {}

  struct Found {
    enum class Kind : unsigned char { Absent, Directory, Link, Other } kind = Kind::Absent;
    std::string path;                     // without links on the way
    std::vector<kernel::UniqueFd> parts;  // of a directory, topmost first
    kernel::UniqueFd parent;              // of anything else: the directory that holds it
    std::string link;                     // what a link says
    std::string name() const { return path.substr(path.rfind('/') + 1); }
  };
  // Links on the way are followed with `parents`, one at the last place with `last`.
  enum class Follow : unsigned char { Nothing, Parents, All };
  Result<Found> find(const std::string& path, Follow follow) const;

 private:
  std::vector<int> roots_;
};

}  // namespace isle::image
