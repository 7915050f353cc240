#pragma once
// Giving disk back: images that are removed, and what nobody needs any more. Whatever goes is
// renamed into trash/ first, so that nobody finds half of it, and deleted there without any lock.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/image_record.h"
#include "image/store.h"
#include "oci/digest.h"

namespace isle::image {

struct Collected {
  std::vector<std::string> layers, blobs;  // directories of layers/, hex digits
  std::int64_t freed = 0;                  // bytes
  // Why nothing, or not everything, was removed; empty if everything was.
  std::string left;
};

struct CollectOptions {
  bool partial = false;  // downloads that are not whole, too
  bool kept = false;     // blobs of layers of images that stay, too: a push packs them anew
};

// Layers and blobs that no image, container or lease needs, and what killed processes left.
Result<Collected> collect(const Store& store, const CollectOptions& options = {});

struct RemovedImages {
  std::vector<std::string> names;   // taken away
  std::vector<oci::Digest> images;  // that are no more
  Collected collected;
};

// As rmi does. A name goes; with its last tag the image goes, too. An id or its beginning: all of
// its names and the image. `force`: an id with names in several repositories, and an image that
// containers use; of that only the names go, and its files when the containers do.
// Errors: NotFound, Conflict.
Result<RemovedImages> remove_image(const Store& store, std::string_view text, bool force);

// Images without a tag, or all that no container uses, `prune -a`; of them those that `wanted`
// says.
using Wanted = std::function<bool(const ImageRecord&)>;
Result<RemovedImages> prune_images(const Store& store,
                                   bool all,
                                   const CollectOptions& options,
                                   const Wanted& wanted = {});

}  // namespace isle::image
