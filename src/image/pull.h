#pragma once
// From a registry into the store, in one pass: isle-fetch writes a blob into a pipe, isle-unpack
// reads it, keeps it, checks it and makes files of it, several layers at a time. Nothing has a name
// before it is whole and its digests were right; what was fetched of a pull that ended early is
// where the next one goes on.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/fetch_options.h"
#include "image/image_record.h"
#include "image/reference.h"
#include "image/store.h"
#include "oci/image.h"

namespace isle::image {

enum class LayerState : unsigned char { Waiting, Fetching, Unpacking, Done, There };

// What becomes of one layer, for whoever shows it.
struct LayerProgress {
  std::size_t index = 0, count = 0;  // which of how many
  oci::Digest digest;                // of its blob
  LayerState state = LayerState::Waiting;
  std::uint64_t received = 0, size = 0;  // bytes of its blob
  std::uint64_t resumed = 0;             // of them from an earlier pull
};

struct PullRequest {
  FetchOptions fetch;
  std::optional<oci::Platform> platform;               // absent: this machine's
  std::function<void(const LayerProgress&)> progress;  // may be empty
};

struct Pulled {
  ImageRecord record;
  oci::Digest digest;  // what the registry has under that name: of a manifest or an index
  bool was_there = false;
  std::vector<std::string> warnings;
};

// Makes the image present and points the reference's names at it.
Result<Pulled> pull(const Store& store, const Reference& reference, const PullRequest& request);

}  // namespace isle::image
