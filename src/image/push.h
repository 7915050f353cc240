#pragma once
// Gives an image of the store to a registry, with the very bytes it came with or was made with.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "image/fetch_options.h"
#include "image/push_form.h"
#include "image/reference.h"
#include "image/store.h"
#include "oci/image.h"

namespace isle::image {

struct PushRequest {
  std::string image;       // as people write it: a name, or an id
  Reference destination;   // with a tag, without a digest
  bool own_name = false;   // the destination is what `image` says
  bool by_digest = false;  // the manifest gets no tag there: an index will name it
  PushForm form;
  FetchOptions fetch;
  // A blob is done: "uploaded", "mounted" or "there".
  std::function<void(const oci::Descriptor& blob, std::string_view outcome)> on_blob;
  std::function<void(const std::string& warning)> on_warning;
};

struct PushReport {
  oci::Descriptor manifest;
};

// Layers whose packed form is not kept any more are packed anew: the image then has other digests
// there, which a warning tells.
Result<PushReport> push_image(const Store& store, const PushRequest& request);

}  // namespace isle::image
