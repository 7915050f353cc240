#include "image/image_names.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/image_record.h"
#include "kernel/file_lock.h"

namespace isle::image {
namespace {

constexpr const char* kIndex = "names.index";
constexpr const char* kOldIndex = "names.old";

// Runs `visit(name, directory, entry)` for each link below `directory`.
template <typename Visit>
void walk_names(int directory, const std::string& prefix, const Visit& visit) {
  Result<kernel::UniqueFd> fd = kernel::open_at(directory, ".", O_RDONLY | O_DIRECTORY);
  DIR* stream = fd ? fdopendir(fd->get()) : nullptr;
  if (stream == nullptr) return;
  static_cast<void>(fd->release());
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name.starts_with('@')) {
      const std::string_view what = std::string_view(name).substr(1);
      visit(prefix + (what.find(':') == std::string_view::npos ? ':' : '@') + std::string(what),
            dirfd(stream),
            name);
    } else if (!name.starts_with('.')) {
      const Result<kernel::UniqueFd> below =
          kernel::open_at(dirfd(stream), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (!below) continue;
      walk_names(below->get(), prefix.empty() ? name : format("{}/{}", prefix, name), visit);
    }
  }
  closedir(stream);
}

// The image a link leads to: "../../images/HEX".
std::optional<oci::Digest> target_of(int directory, const std::string& name) {
  char text[512];
  const ssize_t size = readlinkat(directory, name.c_str(), text, sizeof text);
  if (size <= 0 || static_cast<std::size_t>(size) == sizeof text) return std::nullopt;
  const std::string_view target(text, static_cast<std::size_t>(size));
  Result<oci::Digest> id =
      oci::Digest::parse(format("sha256:{}", target.substr(target.rfind('/') + 1)));
  if (!id) return std::nullopt;
  return std::move(*id);
}

void walk_all_names(const Store& store, const auto& visit) {
  const Result<kernel::UniqueFd> root =
      kernel::open_if_exists(store.root() / "names", O_RDONLY | O_DIRECTORY);
  if (root && *root) walk_names(root->get(), "", visit);
}

std::optional<std::vector<NamedImage>> read_index(std::string_view text);

// What the last index said of images, and when that was.
struct Known {
  std::map<oci::Digest, NamedImage> images;
  timespec time{};

  // Nullptr: it has to be read. A record as old as the index may have been written after it.
  const NamedImage* find(const Store& store, const oci::Digest& id) const {
    const auto found = images.find(id);
    struct stat record{};
    if (found == images.end() || stat(store.image_file(id).c_str(), &record) != 0) return nullptr;
    const bool is_older = record.st_mtim.tv_sec != time.tv_sec
                              ? record.st_mtim.tv_sec < time.tv_sec
                              : record.st_mtim.tv_nsec < time.tv_nsec;
    return is_older ? &found->second : nullptr;
  }
};

Known known_before(const Store& store) {
  Known known;
  const Result<kernel::UniqueFd> file =
      kernel::open_if_exists(store.root() / kOldIndex, O_RDONLY | O_NOFOLLOW);
  struct stat status{};
  if (!file || !*file || fstat(file->get(), &status) != 0) return known;
  const Result<std::string> text = kernel::read_all(file->get());
  std::optional<std::vector<NamedImage>> images = text ? read_index(*text) : std::nullopt;
  if (!images) return known;
  known.time = status.st_mtim;
  for (NamedImage& image : *images) {
    image.name.clear();
    const oci::Digest id = image.id;
    known.images.emplace(id, std::move(image));
  }
  return known;
}

// From the links and records themselves.
Result<std::vector<NamedImage>> scan(const Store& store) {
  std::map<oci::Digest, NamedImage> images;
  const Known known = known_before(store);
  for (const oci::Digest& id : TRY(images_with_prefix(store, ""))) {
    if (const NamedImage* image = known.find(store, id)) {
      images[id] = *image;
      continue;
    }
    const Result<std::optional<ImageRecord>> record = load_image(store, id);
    if (!record || !*record) continue;
    images[id] = {
        .name = {}, .id = id, .size = (*record)->size(), .created = (*record)->config.created};
  }
  std::vector<NamedImage> list;
  std::map<oci::Digest, NamedImage> nameless = images;
  walk_all_names(store, [&](std::string name, int directory, const std::string& link) {
    const std::optional<oci::Digest> id = target_of(directory, link);
    const auto found = id ? images.find(*id) : images.end();
    if (found == images.end()) return;
    NamedImage named = found->second;
    named.name = std::move(name);
    nameless.erase(*id);
    list.push_back(std::move(named));
  });
  for (auto& [id, image] : nameless) list.push_back(std::move(image));
  std::ranges::sort(list, {}, &NamedImage::name);
  return list;
}

// A line an image: id, size, time, name.
std::string write_index(const std::vector<NamedImage>& images) {
  std::string text = "isle-names 1\n";
  for (const NamedImage& image : images) {
    const std::string created = image.created.find_first_of(" \n") == std::string::npos
                                    ? image.created
                                    : std::string();  // no time then, and no trap
    text += format("{} {} {} {}\n", image.id.str(), image.size, created, image.name);
  }
  return text + "end\n";
}

// nullopt: damaged, so that it is made anew.
std::optional<std::vector<NamedImage>> read_index(std::string_view text) {
  if (!text.starts_with("isle-names 1\n") || !text.ends_with("\nend\n")) return std::nullopt;
  std::vector<NamedImage> images;
  Cut lines = cut(text, '\n');
  for (lines = cut(lines.after, '\n'); lines.before != "end"; lines = cut(lines.after, '\n')) {
    const Cut id = cut(lines.before, ' ');
    const Cut size = cut(id.after, ' ');
    const Cut created = cut(size.after, ' ');
    Result<oci::Digest> digest = oci::Digest::parse(id.before);
    const Result<long long> bytes = parse_int(size.before, "size");
    if (!digest || !bytes || !created.found) return std::nullopt;
    images.push_back({.name = std::string(created.after),
                      .id = std::move(*digest),
                      .size = *bytes,
                      .created = std::string(created.before)});
  }
  return images;
}

Result<std::optional<std::vector<NamedImage>>> load_index(const Store& store) {
  const kernel::UniqueFd file = TRY(kernel::open_if_exists(store.root() / kIndex, O_RDONLY));
  if (!file) return std::nullopt;
  return read_index(TRY(kernel::read_all(file.get())));
}

Result<void> link_name(const Store& store, const std::string& path, const oci::Digest& id) {
  const std::size_t slash = path.rfind('/');
  const kernel::UniqueFd directory = TRY(store.directory("names/" + path.substr(0, slash)));
  const std::string name = path.substr(slash + 1);
  if (target_of(directory.get(), name) == id) return {};
  std::string target;
  for (const char c : path) target += c == '/' ? "../" : "";
  target += format("../images/{}", id.hex());
  const std::string fresh = format(".{}.{}", name, getpid());
  unlinkat(directory.get(), fresh.c_str(), 0);
  if (symlinkat(target.c_str(), directory.get(), fresh.c_str()) != 0) {
    return fail_call(errno, format("symlink({})", path));
  }
  // A symbolic link is never half-written, and one rename exchanges it.
  if (renameat(directory.get(), fresh.c_str(), directory.get(), name.c_str()) != 0) {
    return fail_call(errno, format("rename({})", path));
  }
  if (fsync(directory.get()) != 0) return fail_call(errno, format("fsync({})", path));
  return {};
}

}  // namespace

// "docker.io/library/busybox/@latest": no component of a repository begins with "@".
std::string name_path(const Reference& reference) {
  const std::string what =
      reference.tag.empty() && reference.digest ? reference.digest->str() : reference.tag;
  if (what.empty()) return {};
  return format("{}/{}/@{}", reference.domain, reference.repository, what);
}

Result<kernel::UniqueFd> lock_names(const Store& store) {
  const kernel::UniqueFd directory = TRY(store.directory("locks"));
  kernel::UniqueFd file = TRY(kernel::open_at(directory.get(), "names", O_RDWR | O_CREAT, 0600));
  TRY(kernel::lock_file(file.get(), LOCK_EX, (store.root() / "locks/names").str()));
  return file;
}

Result<kernel::UniqueFd> begin_change_of_names(const Store& store) {
  kernel::UniqueFd lock = TRY(lock_names(store));
  const HostPath index = store.root() / kIndex;
  if (rename(index.c_str(), (store.root() / kOldIndex).c_str()) != 0 && errno != ENOENT) {
    return fail_call(errno, format("rename({})", kIndex));
  }
  return lock;
}

Result<std::vector<NamedImage>> list_images(const Store& store) {
  std::optional<std::vector<NamedImage>> known = TRY(load_index(store));
  if (known) return std::move(*known);
  if (access((store.root() / "images").c_str(), F_OK) != 0) return std::vector<NamedImage>();
  const Result<kernel::UniqueFd> lock = lock_names(store);  // read-only stores are listed, too
  std::vector<NamedImage> images = TRY(scan(store));
  if (lock) {
    static_cast<void>(
        kernel::replace_file(store.root() / kIndex, write_index(images), 0600, false));
  }
  return images;
}

std::vector<NameLink> name_links(const Store& store) {
  std::vector<NameLink> links;
  walk_all_names(store, [&links](std::string name, int directory, const std::string& link) {
    links.push_back({.name = std::move(name), .id = target_of(directory, link)});
  });
  return links;
}

std::vector<std::string> names_below(const Store& store, const char* directory) {
  std::vector<std::string> names;
  const Result<kernel::UniqueFd> root =
      kernel::open_if_exists(store.root() / directory, O_RDONLY | O_DIRECTORY);
  if (!root || !*root) return names;
  walk_names(root->get(), "", [&names](std::string name, int, const std::string&) {
    names.push_back(std::move(name));
  });
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> image_names(const Store& store) {
  std::vector<std::string> names;
  for (NameLink& link : name_links(store)) {
    if (link.name.find('@') == std::string::npos) names.push_back(std::move(link.name));
  }
  std::ranges::sort(names);
  return names;
}

Result<void> name_image(const Store& store, const Reference& reference, const oci::Digest& id) {
  Reference by_digest = reference;
  by_digest.tag.clear();
  if (name_path(reference).empty()) {
    return fail(ErrorKind::InvalidArgument, "a name needs a tag or a digest");
  }
  const kernel::UniqueFd lock = TRY(begin_change_of_names(store));
  if (access(store.image_file(id).c_str(), F_OK) != 0) {
    return fail(ErrorKind::NotFound, format("image {} is not in the store", id.short_hex()));
  }
  if (!reference.tag.empty()) TRY(link_name(store, name_path(reference), id));
  if (reference.digest) TRY(link_name(store, name_path(by_digest), id));
  return {};
}

Result<bool> remove_name(const Store& store, const Reference& reference) {
  const std::string path = name_path(reference);
  if (path.empty()) return false;
  const kernel::UniqueFd lock = TRY(begin_change_of_names(store));
  const HostPath file = store.root() / "names" / path;
  if (unlink(file.c_str()) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return fail_call(errno, format("unlink({})", file.str()));
}

}  // namespace isle::image
