#pragma once
// Why: some files of a container's root file system are needed before it is mounted anywhere:
// /etc/passwd and /etc/group. They are read through the layers as overlay would show them
// (image/layer/layer_view.h).

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"

namespace isle::engine {

class LayeredRoot {
 public:
  // Topmost first.
  static Result<LayeredRoot> open(const std::vector<HostPath>& layers);
  // One directory that is open already, such as /proc/PID/root.
  explicit LayeredRoot(kernel::UniqueFd root) { roots_.push_back(std::move(root)); }

  // A regular file of at most a mebibyte; nullopt: absent, or something else.
  Result<std::optional<std::string>> read_file(const std::string& path) const;

 private:
  std::vector<kernel::UniqueFd> roots_;
  LayeredRoot() = default;
};

}  // namespace isle::engine
