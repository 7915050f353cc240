// Removing images by name or id, and those nobody needs.
#include <algorithm>
#include <cerrno>
#include <set>

#include <unistd.h>

#include "base/strings.h"
#include "image/gc.h"
#include "image/image_names.h"
#include "image/lease.h"
#include "image/use.h"

namespace isle::image {
namespace {

std::string repository_of(const std::string& name) {
  const Result<Reference> reference = Reference::parse(name);
  return reference ? format("{}/{}", reference->domain, reference->repository) : name;
}

Result<void> unlink_if_there(const HostPath& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return fail_call(errno, format("unlink({})", path.str()));
}

class Remover {
 public:
  explicit Remover(const Store& store) : store_(store) {}

  Result<RemovedImages> by_text(std::string_view text, bool force) {
    {
      const kernel::UniqueFd lock = TRY(begin_change_of_names(store_));
      use_ = TRY(read_use(store_));
      TRY(remove(text, force));
    }
    removed_.collected = TRY(collect(store_));
    return std::move(removed_);
  }

  Result<RemovedImages> unused(bool all, const CollectOptions& options, const Wanted& wanted) {
    {
      const kernel::UniqueFd lock = TRY(begin_change_of_names(store_));
      const Leased leased = TRY(read_leases(store_));
      use_ = TRY(read_use(store_));
      for (const auto& [id, image] : use_.images) {
        if (leased.has(id.hex()) || image.built_in || !image.containers.empty()) continue;
        if (!image.lists.empty() || (wanted && !wanted(image.record))) continue;
        if (all || !image.has_tag()) TRY(remove_whole(id));
      }
    }
    removed_.collected = TRY(collect(store_, options));
    return std::move(removed_);
  }

 private:
  const Store& store_;
  Use use_;
  RemovedImages removed_;

  Result<void> remove(std::string_view text, bool force) {
    const Result<Reference> reference = Reference::parse(text);
    if (reference) {
      const std::string name = found_name(*reference);
      if (!name.empty()) return remove_named(*reference, name, force);
    }
    const oci::Digest id = TRY(id_of(text));
    const ImageUse& image = use_.images.at(id);
    std::set<std::string> repositories;
    for (const std::string& name : image.names) repositories.insert(repository_of(name));
    if (repositories.size() > 1 && !force) {
      return fail(
          ErrorKind::Conflict,
          format("image {} has names in {} repositories", id.short_hex(), repositories.size()),
          "remove them by name, or all of them with --force");
    }
    return remove_all_of(id, force);
  }

  // The name as links have it; empty: there is none.
  std::string found_name(const Reference& reference) const {
    std::string name = reference.str();
    if (!reference.tag.empty() && reference.digest) name = name.substr(0, name.find('@'));
    for (const auto& [id, image] : use_.images) {
      if (std::ranges::find(image.names, name) != image.names.end()) return name;
    }
    return {};
  }

  Result<oci::Digest> id_of(std::string_view text) const {
    std::string_view hex = text.starts_with("sha256:") ? text.substr(7) : text;
    const oci::Digest* found = nullptr;
    for (const auto& [id, image] : use_.images) {
      if (hex.empty() || !id.hex().starts_with(hex)) continue;
      if (found != nullptr) {
        return fail(ErrorKind::InvalidArgument,
                    format("{} begins the ids of several images", quoted(text)),
                    "write more of its digits");
      }
      found = &id;
    }
    if (found != nullptr) return *found;
    return fail(ErrorKind::NotFound,
                format("image {} is not here", quoted(text)),
                "isle images lists those that are; what came with isle stays");
  }

  Result<void> remove_named(const Reference& reference, const std::string& name, bool force) {
    const auto owner = std::ranges::find_if(use_.images, [&name](const auto& item) {
      return std::ranges::find(item.second.names, name) != item.second.names.end();
    });
    const auto is_other_tag = [&name](const std::string& other) {
      return other != name && other.find('@') == std::string::npos;
    };
    if (std::ranges::none_of(owner->second.names, is_other_tag)) {
      return remove_all_of(owner->first, force);
    }
    TRY(unlink_if_there(store_.root() / "names" / name_path(reference)));
    removed_.names.push_back(name);
    return {};
  }

  Result<void> remove_all_of(const oci::Digest& id, bool force) {
    const ImageUse& image = use_.images.at(id);
    if (!image.lists.empty() && !force) {
      return fail(
          ErrorKind::Conflict,
          format(
              "image {} is in the manifest list {}", id.short_hex(), quoted(image.lists.front())),
          format("isle manifest remove {} {} takes it out; --force removes it all the same",
                 image.lists.front(),
                 id.short_hex()));
    }
    if (image.containers.empty()) return remove_whole(id);
    if (!force) {
      return fail(ErrorKind::Conflict,
                  format("image {} is used by container {}",
                         id.short_hex(),
                         image.containers.front().substr(0, 12)),
                  "remove the container first; --force takes the names away at once, and the files "
                  "stay as long as the container");
    }
    return remove_names_of(id);
  }

  Result<void> remove_names_of(const oci::Digest& id) {
    for (const std::string& name : use_.images.at(id).names) {
      const Reference reference = TRY(Reference::parse(name));
      TRY(unlink_if_there(store_.root() / "names" / name_path(reference)));
      removed_.names.push_back(name);
    }
    return {};
  }

  Result<void> remove_whole(const oci::Digest& id) {
    TRY(remove_names_of(id));
    TRY(unlink_if_there(store_.image_file(id)));
    removed_.images.push_back(id);
    return {};
  }
};

}  // namespace

Result<RemovedImages> remove_image(const Store& store, std::string_view text, bool force) {
  return Remover(store).by_text(text, force);
}

Result<RemovedImages> prune_images(const Store& store,
                                   bool all,
                                   const CollectOptions& options,
                                   const Wanted& wanted) {
  return Remover(store).unused(all, options, wanted);
}

}  // namespace isle::image
