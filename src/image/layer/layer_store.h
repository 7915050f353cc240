#pragma once
// Puts an unpacked layer into the store: staging → syncfs → one rename → fsync of the parent, so
// that a layer that is there is whole, also after a power failure. A lock per layer keeps two
// unpackers of one layer apart; readers take none.
//
// A blob that is being fetched is kept on its way: partial/sha256-HEX grows while isle-unpack reads
// the pipe, and becomes blobs/sha256/HEX when its digest was right. What a killed pull leaves there
// is where the next one goes on.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/layer/unpacker.h"
#include "image/lock.h"
#include "image/store.h"
#include "kernel/fd.h"
#include "oci/image.h"

namespace isle::image {

// What layer.json says.
struct LayerNote {
  std::int64_t bytes = 0;            // of its regular files
  std::vector<std::string> implied;  // directories the layer uses but does not describe
  struct Link {
    std::string path, target;
  };
  std::vector<Link> links;  // hard links to files it does not hold
};

bool has_layer(const Store& store, const oci::Digest& diff_id);
Result<LayerNote> read_layer_note(const Store& store, std::string_view directory);

// One layer on its way into the store. Whoever drops it leaves a partial blob and no layer.
class LayerAddition {
 public:
  struct Request {
    oci::Descriptor blob;
    oci::Digest diff_id;
  };
  // Takes the locks and looks what is there. nullopt: somebody else has this layer or this blob in
  // work; ask again later.
  static Result<std::optional<LayerAddition>> begin(const Store& store, const Request& request);
  LayerAddition(LayerAddition&&) = default;
  LayerAddition& operator=(LayerAddition&&) = delete;
  LayerAddition(const LayerAddition&) = delete;
  LayerAddition& operator=(const LayerAddition&) = delete;
  ~LayerAddition();

  // The layer is there, and nothing is to be done.
  bool is_there() const { return is_there_; }
  // Bytes of the blob that are in the store already: where a fetch goes on.
  std::uint64_t have() const { return have_; }
  bool is_whole() const { return have_ == static_cast<std::uint64_t>(request_.blob.size); }

  // Starts isle-unpack: what is kept first, the rest from `rest`, a pipe's end to read, or -1 when
  // nothing is missing.
  Result<void> unpack(int rest);
  int reply_fd() const { return unpacking_->reply_fd(); }
  // Waits for the unpacker, then publishes layer and blob. The result: what a person should know.
  // A blob that turns out damaged is dropped, so that the next try fetches all of it; but not if
  // `cut_short` says that it did not come to its end: then that error is the result, unless
  // isle-unpack had one of its own before.
  Result<std::vector<std::string>> finish(std::optional<Error> cut_short = std::nullopt);

 private:
  friend Result<std::vector<std::string>> add_layer(const Store& store,
                                                    const struct LayerRequest& request);

  const Store* store_;
  Request request_;
  bool is_there_ = false;
  bool was_whole_ = false;  // the blob lay in blobs/
  std::uint64_t have_ = 0;
  std::optional<StoreLock> layer_lock_, blob_lock_;
  kernel::UniqueFd staging_;
  std::string work_;       // below staging/, named after the layer
  kernel::UniqueFd kept_;  // the blob, whole or not
  std::optional<Unpacking> unpacking_;

  LayerAddition(const Store& store, Request request)
      : store_(&store), request_(std::move(request)) {}
  Result<bool> lock_layer();
  Result<bool> lock_blob();
  Result<void> make_work();
  Result<void> start(int input, int partial);
  Result<void> publish(const json::Value& reply);
  Result<void> publish_blob();
  void drop_blob();
};

struct LayerRequest {
  oci::Digest digest;   // of the blob
  oci::Digest diff_id;  // of the archive in it
  const kernel::UniqueFd& blob;
};

// The whole of it for a blob that is in a file of its own, which does not become the store's. Does
// nothing when the layer is there.
Result<std::vector<std::string>> add_layer(const Store& store, const LayerRequest& request);

// The name of a partial blob, below ROOT/partial.
std::string partial_name(const oci::Digest& digest);

}  // namespace isle::image
