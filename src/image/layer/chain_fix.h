#pragma once
// The contents of what sets a layer right above certain lower ones (chain.h).

#include <set>
#include <string>

#include "base/error.h"
#include "image/layer/applier.h"
#include "image/layer/layer_store.h"
#include "image/layer/layer_view.h"

namespace isle::image {

class ChainFix {
 public:
  // `own` is the layer's directory; the fd stays the caller's.
  ChainFix(LayerView lower, int own, const LayerNote& note);

  Result<bool> is_needed() const;
  // Into an empty directory.
  Result<void> build(int root, Unpacker who) const;

 private:
  LayerView lower_;
  int own_;
  const LayerNote& note_;
  std::set<std::string, std::less<>> implied_;

  struct Target {
    int root;
    Unpacker who;
  };
  // Whose owner and mode a directory of the result has.
  Result<kernel::UniqueFd> look_of(const std::string& path) const;
  Result<bool> differs(const std::string& path) const;
  Result<kernel::UniqueFd> make_directory(const Target& target, const std::string& path) const;
  Result<void> place_link(const Target& target, const LayerNote::Link& link) const;
  Result<bool> is_moved(const std::string& path) const;
  Result<void> move(const Target& target, const std::string& path) const;
  Result<void> move_tree(const Target& target,
                         const std::string& from,
                         const std::string& to) const;
};

}  // namespace isle::image
