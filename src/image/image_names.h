#pragma once
// Names of images: symbolic links to their records. An image has as many as people give it, under
// tags ("@latest") and under digests of manifests and indexes ("@sha256:..."), the latter so that
// name@digest finds what a registry calls so.
//
// Lists are asked for often, and a store may have thousands of names: names.index has them in one
// file. It is only a copy. Whoever changes a name renames it to names.old first, whoever misses it
// makes it anew, both under the lock "names"; what it said of records that are older than it need
// not be read again.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/reference.h"
#include "image/store.h"

namespace isle::image {

struct NamedImage {
  std::string name;  // "docker.io/library/busybox:latest", "...busybox@sha256:..."; may be empty
  oci::Digest id;
  std::int64_t size = 0;  // bytes of its blobs
  std::string created;    // as the configuration has it
  bool has_tag() const { return name.find('@') == std::string::npos && !name.empty(); }
};

// Every name, sorted, and images without any (their name is empty). Damaged records are left out.
Result<std::vector<NamedImage>> list_images(const Store& store);
// The links themselves: what they are called, and the image they lead to if they lead to one.
struct NameLink {
  std::string name;
  std::optional<oci::Digest> id;
};
std::vector<NameLink> name_links(const Store& store);
// The names under tags, sorted: "docker.io/library/busybox:latest".
std::vector<std::string> image_names(const Store& store);

// The same of another directory of the store that has names in it: "manifest-lists".
std::vector<std::string> names_below(const Store& store, const char* directory);

// Points the reference's tag and its digest, whichever it has, at the image. NotFound: it is not
// there (any more).
Result<void> name_image(const Store& store, const Reference& reference, const oci::Digest& id);
// False: there was no such name. A reference with tag and digest loses its tag only.
Result<bool> remove_name(const Store& store, const Reference& reference);
// While it is held, nothing that is in use then goes: who begins to use an image writes that down
// under it, and sees that all is still there.
Result<kernel::UniqueFd> lock_names(const Store& store);
// Before an image's record changes or goes; kept until the change is made.
Result<kernel::UniqueFd> begin_change_of_names(const Store& store);

// The symbolic link of a reference, below ROOT/names; empty without tag and digest.
std::string name_path(const Reference& reference);

}  // namespace isle::image
