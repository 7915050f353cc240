// Masked and read-only paths: what no namespace hides (see docs on isolation). A path that is not
// there needs no mask.

#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

void add_masks(Builder& builder) {
  for (const std::string& path : builder.linux_.readonly_paths) {
    builder.init(
        op::ReadonlyPath{.path = path}, "make " + path + " read-only", "it would change the host");
  }
  for (const std::string& path : builder.linux_.masked_paths) {
    builder.init(op::Mask{.path = path}, "mask " + path, "it tells about the host");
  }
}

}  // namespace isle::runtime::plan
