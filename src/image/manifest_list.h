#pragma once
// Lists of manifests that are made here, to be pushed: one name for images of several platforms.
// ROOT/manifest-lists/DOMAIN/REPOSITORY/@TAG: a JSON file each; what it names are images of the
// store, whose blobs stay theirs.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/fetch_options.h"
#include "image/push_form.h"
#include "image/reference.h"
#include "image/store.h"
#include "oci/image.h"

namespace isle::image {

struct ListEntry {
  oci::Descriptor descriptor;  // of the image's manifest, with a platform
  oci::Digest image;           // its id in this store
};

struct ManifestList {
  std::vector<ListEntry> entries;
};
// The document that a registry gets.
oci::Index index_of(const ManifestList& list);

Result<std::optional<ManifestList>> load_list(const Store& store, const Reference& name);
// NotFound names the list.
Result<ManifestList> find_list(const Store& store, const Reference& name);
Result<void> save_list(const Store& store, const Reference& name, const ManifestList& list);
Result<void> remove_list(const Store& store, const Reference& name);

struct PlatformChange {
  std::string os, architecture, variant;  // empty: as the image says
  std::string os_version;
  std::vector<std::string> os_features;
  oci::StringMap annotations;

  bool is_none() const;
};
// Which lists there are, by their full names.
Result<std::vector<Reference>> all_lists(const Store& store);

// The entry of an image: its id, its manifest's digest, the beginning of one of them, or a name of
// it. NotFound names both.
Result<std::size_t> find_entry(const Store& store,
                               const ManifestList& list,
                               const std::string& image);

// An image of the store; one that is in the list already is written anew.
Result<void> add_to_list(const Store& store,
                         ManifestList& list,
                         const std::string& image,
                         const PlatformChange& change);

// The images of another list: each, or the one for this machine.
Result<void> add_list(ManifestList& list, const ManifestList& other, bool all);

struct ListPush {
  Reference destination;  // with a tag
  PushForm form;          // docker's is for the list as well
  FetchOptions fetch;
  std::function<void(const oci::Descriptor& blob, std::string_view outcome)> on_blob;
  std::function<void(const std::string& warning)> on_warning;
};
// The images, then the list; its descriptor.
Result<oci::Descriptor> push_list(const Store& store, ManifestList list, const ListPush& request);

}  // namespace isle::image
