#include "image/resolve.h"

#include <algorithm>

#include <unistd.h>

#include "base/strings.h"
#include "image/embedded.h"
#include "image/image_names.h"
#include "image/image_record.h"

namespace isle::image {
namespace {

// The names a person can use now, as they would be typed.
std::string names_here(const Store& store) {
  std::vector<std::string> names = embedded_names();
  for (const std::string& name : image_names(store)) {
    const Result<Reference> reference = Reference::parse(name);
    if (reference) names.push_back(reference->familiar());
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  constexpr std::size_t kShown = 20;
  if (names.size() > kShown) {
    const std::string more = format("{} more", names.size() - kShown);
    names.resize(kShown);
    names.push_back(more);
  }
  return names.empty() ? "none" : join(names, ", ");
}

std::unexpected<Error> not_here(const Store& store, std::string_view image) {
  return fail(ErrorKind::NotFound,
              format("image {} is not here", quoted(image)),
              "isle pull fetches it; images here: " + names_here(store));
}

Result<ImageInfo> info_of(const Store& store,
                          ImageRecord record,
                          std::string name,
                          std::vector<std::string> warnings) {
  ImageInfo info;
  for (const std::string& layer : record.stack) {
    HostPath files = store.root() / "layers" / layer / "fs";
    if (access(files.c_str(), F_OK) != 0) {
      return fail(ErrorKind::Corrupt,
                  format("image {} lacks its layer {}", record.id.short_hex(), layer.substr(0, 12)),
                  "isle system check --repair unpacks it again, or isle pull fetches it");
    }
    info.layers.push_back(std::move(files));
  }
  info.id = record.id;
  info.name = std::move(name);
  info.config = std::move(record.config);
  info.warnings = std::move(warnings);
  return info;
}

Result<ImageInfo> resolve_id(const Store& store, const oci::Digest& id) {
  std::optional<ImageRecord> record = TRY(load_image(store, id));
  if (!record) return not_here(store, id.str());
  return info_of(store, std::move(*record), "", {});
}

bool is_hex(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

Result<ImageInfo> resolve_prefix(const Store& store, std::string_view hex) {
  const std::vector<oci::Digest> ids = TRY(images_with_prefix(store, hex));
  if (ids.empty()) return not_here(store, hex);
  if (ids.size() == 1) return resolve_id(store, ids.front());
  return fail(ErrorKind::InvalidArgument,
              format("{} begins the ids of {} images", quoted(hex), ids.size()),
              "write more of its digits");
}

}  // namespace

Result<ImageInfo> resolve(const Store& store, const Reference& reference) {
  if (std::optional<ImageRecord> record = TRY(load_image(store, reference))) {
    return info_of(store, std::move(*record), reference.str(), {});
  }
  std::optional<Loaded> installed = TRY(embedded_image(store, reference));
  if (!installed) return not_here(store, reference.familiar());
  return info_of(
      store, std::move(installed->record), reference.str(), std::move(installed->warnings));
}

Result<ImageInfo> resolve(const Store& store, std::string_view text) {
  if (text.starts_with("sha256:")) return resolve_id(store, TRY(oci::Digest::parse(text)));
  if (is_hex(text) && text.size() == 64) return resolve_prefix(store, text);
  Result<ImageInfo> named = resolve(store, TRY(Reference::parse(text)));
  if (named || named.error().kind != ErrorKind::NotFound || !is_hex(text)) return named;
  Result<ImageInfo> by_id = resolve_prefix(store, text);
  return by_id || by_id.error().kind != ErrorKind::NotFound ? by_id : named;
}

bool is_here(const Store& store, std::string_view text) {
  const Result<Reference> reference = Reference::parse(text);
  if (reference) {
    if (access((store.root() / "names" / name_path(*reference)).c_str(), F_OK) == 0) return true;
    if (is_embedded(*reference)) return true;
  }
  if (text.starts_with("sha256:")) text.remove_prefix(7);
  if (!is_hex(text)) return false;
  const auto ids = images_with_prefix(store, text);
  return ids && !ids->empty();
}

}  // namespace isle::image
