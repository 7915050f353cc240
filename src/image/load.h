#pragma once
// Takes an image of a layout into the store.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/image_record.h"
#include "image/layout.h"
#include "image/store.h"

namespace isle::image {

struct Loaded {
  ImageRecord record;
  std::vector<std::string> warnings;
};

// Unpacks the layers that are missing, then writes the image's record. It has no name yet.
Result<Loaded> load_from_layout(const Store& store,
                                const HostPath& directory,
                                std::string_view name);
// The same of an image that was found already.
Result<Loaded> load_from_layout(const Store& store, const Layout& layout, LayoutImage image);

}  // namespace isle::image
