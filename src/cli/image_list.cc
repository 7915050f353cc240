#include "cli/image_list.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fnmatch.h>

#include "base/strings.h"
#include "cli/output/time.h"
#include "image/embedded.h"
#include "image/image_record.h"
#include "image/reference.h"
#include "image/resolve.h"
#include "options/command_line.h"

namespace isle::cli {
namespace {

// "docker.io/library/busybox" as people write it.
std::string familiar_repository(const image::Reference& reference) {
  image::Reference bare = reference;
  bare.tag.assign(1, 't');
  bare.digest.reset();
  const std::string name = bare.familiar();
  return name.substr(0, name.rfind(':'));
}

ListedImage row_of(const image::NamedImage& named) {
  ListedImage row;
  row.id = named.id;
  row.full_name = named.name;
  row.size = named.size;
  row.created = named.created;
  row.seconds = parse_time(named.created);
  return row;
}

// Each image's names are near each other: under tags, and under digests, which show beside them.
void add_named(const image::NamedImage& named,
               std::map<std::pair<oci::Digest, std::string>, std::string>& digests,
               std::vector<ListedImage>& rows) {
  const Result<image::Reference> reference = image::Reference::parse(named.name);
  if (!reference) return;
  const std::string repository = familiar_repository(*reference);
  if (reference->tag.empty() && reference->digest) {
    digests[{named.id, repository}] = reference->digest->str();
    return;
  }
  ListedImage& row = rows.emplace_back(row_of(named));
  row.repository = repository;
  row.tag = reference->tag;
}

// A repository of which an image has only a digest.
void add_tagless(const std::vector<image::NamedImage>& named,
                 const std::map<std::pair<oci::Digest, std::string>, std::string>& digests,
                 std::vector<ListedImage>& rows) {
  for (const auto& [key, digest] : digests) {
    const auto& [id, repository] = key;
    const bool tagged = std::ranges::any_of(rows, [&key](const ListedImage& row) {
      return row.id == key.first && row.repository == key.second;
    });
    if (tagged) continue;
    const auto found = std::ranges::find(named, id, &image::NamedImage::id);
    ListedImage& row = rows.emplace_back(row_of(*found));
    row.repository = repository;
  }
}

Result<void> add_embedded(const image::Store& store, std::vector<ListedImage>& rows) {
  for (const std::string& name : image::embedded_names()) {
    const image::Reference reference = TRY(image::Reference::parse(name));
    const std::string full = reference.str();
    const bool pulled = std::ranges::any_of(
        rows, [&full](const ListedImage& row) { return row.full_name == full; });
    if (pulled) continue;
    const auto loaded = TRY(image::embedded_image(store, reference));
    if (!loaded) continue;
    const image::ImageRecord& record = loaded->record;
    // Its record may stand in the store without a name.
    std::erase_if(rows, [&record](const ListedImage& row) {
      return row.id == record.id && row.repository.empty();
    });
    ListedImage& row = rows.emplace_back();
    row.id = record.id;
    row.full_name = full;
    row.repository = familiar_repository(reference);
    row.tag = reference.tag;
    row.size = record.size();
    row.created = record.config.created;
    row.seconds = parse_time(record.config.created);
  }
  return {};
}

bool matches(const ListedImage& image, const std::string& pattern) {
  if (image.repository.empty()) return false;
  const std::string tagged = image.repository + ":" + image.tag;
  const std::string full_repository = image.full_name.substr(0, image.full_name.rfind(':'));
  for (const std::string& text : {image.repository, tagged, image.full_name, full_repository}) {
    if (!text.empty() && fnmatch(pattern.c_str(), text.c_str(), 0) == 0) return true;
  }
  return false;
}

Result<bool> has_label(const image::Store& store,
                       const ListedImage& image,
                       std::string_view label) {
  const auto record = TRY(image::load_image(store, image.id));
  if (!record) return false;
  const Cut wanted = cut(label, '=');
  const auto& labels = record->config.config.labels;
  const auto found = labels.find(std::string(wanted.before));
  return found != labels.end() && (!wanted.found || found->second == wanted.after);
}

Result<std::optional<std::int64_t>> time_of(const image::Store& store, std::string_view name) {
  return parse_time(TRY(image::resolve(store, name)).config.created);
}

Result<void> keep_by_time(const image::Store& store,
                          std::string_view key,
                          std::string_view name,
                          std::vector<ListedImage>& images) {
  const auto limit = TRY(time_of(store, name));
  std::erase_if(images, [&](const ListedImage& image) {
    if (!image.seconds || !limit) return true;
    return key == "before" ? *image.seconds >= *limit : *image.seconds <= *limit;
  });
  return {};
}

Result<void> keep_labelled(const image::Store& store,
                           std::string_view label,
                           std::vector<ListedImage>& images) {
  std::vector<ListedImage> kept;
  for (ListedImage& image : images) {
    if (TRY(has_label(store, image, label))) kept.push_back(std::move(image));
  }
  images = std::move(kept);
  return {};
}

Result<void> apply_filter(const image::Store& store,
                          std::string_view filter,
                          std::vector<ListedImage>& images) {
  const Cut parts = cut(filter, '=');
  const std::string_view key = parts.before;
  if (!parts.found) {
    return fail(ErrorKind::InvalidArgument, format("--filter {} has no \"=\"", quoted(filter)));
  }
  if (key == "dangling") {
    const bool wanted = TRY(options::parse_bool(parts.after, "--filter dangling"));
    std::erase_if(
        images, [wanted](const ListedImage& image) { return image.repository.empty() != wanted; });
    return {};
  }
  if (key == "reference") {
    const std::string pattern(parts.after);
    std::erase_if(images, [&](const ListedImage& image) { return !matches(image, pattern); });
    return {};
  }
  if (key == "label") return keep_labelled(store, parts.after, images);
  if (key == "before" || key == "since" || key == "after") {
    return keep_by_time(store, key, parts.after, images);
  }
  return fail(ErrorKind::Unsupported,
              format("--filter {} is not known", quoted(key)),
              "there are reference, dangling, label, before and since");
}

}  // namespace

Result<std::vector<ListedImage>> listed_images(const image::Store& store) {
  std::vector<ListedImage> rows;
  std::map<std::pair<oci::Digest, std::string>, std::string> digests;
  const std::vector<image::NamedImage> named = TRY(image::list_images(store));
  for (const image::NamedImage& image : named) {
    if (image.name.empty()) {
      rows.push_back(row_of(image));
    } else {
      add_named(image, digests, rows);
    }
  }
  if (!digests.empty()) add_tagless(named, digests, rows);
  for (ListedImage& row : rows) {
    const auto found = digests.find({row.id, row.repository});
    if (found != digests.end()) row.digest = found->second;
  }
  TRY(add_embedded(store, rows));
  TRY(sort_images("created", rows));
  return rows;
}

Result<void> filter_images(const image::Store& store,
                           const ImageFilter& filter,
                           std::vector<ListedImage>& images) {
  if (!filter.name.empty()) {
    const std::string& name = filter.name;
    std::erase_if(images, [&](const ListedImage& image) { return !matches(image, name); });
  }
  for (const std::string& one : filter.filters) TRY(apply_filter(store, one, images));
  return {};
}

Result<void> sort_images(std::string_view key, std::vector<ListedImage>& images) {
  const auto by = [&images](auto of, bool largest_first) {
    std::ranges::stable_sort(images, [&](const ListedImage& a, const ListedImage& b) {
      return largest_first ? of(b) < of(a) : of(a) < of(b);
    });
  };
  if (key == "created") {
    by([](const ListedImage& image) { return image.seconds.value_or(0); }, true);
  } else if (key == "id") {
    by([](const ListedImage& image) -> const std::string& { return image.id.str(); }, false);
  } else if (key == "repository") {
    by([](const ListedImage& image) -> const std::string& { return image.repository; }, false);
  } else if (key == "tag") {
    by([](const ListedImage& image) -> const std::string& { return image.tag; }, false);
  } else if (key == "size") {
    by([](const ListedImage& image) { return image.size; }, false);
  } else {
    return fail(ErrorKind::InvalidArgument,
                format("--sort cannot be {}", quoted(key)),
                "it is created, id, repository, size or tag");
  }
  return {};
}

}  // namespace isle::cli
