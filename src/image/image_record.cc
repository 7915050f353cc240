#include "image/image_record.h"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "oci/json_writer.h"

namespace isle::image {
namespace {

// The record's own members; the configuration's are oci's.
struct Heading {
  oci::Digest id, manifest;
  std::int64_t size = 0;
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<Heading> heading) {
  io.required("id", heading.id);
  io.required("manifest", heading.manifest);
  io.always("size", heading.size);
}

Result<ImageRecord> parse_record(const std::string& text) {
  const json::Value document = TRY(json::parse(text));
  const Heading heading = TRY(oci::read_document<Heading>(document));
  const json::Value* config = document.find("config");
  if (config == nullptr) return fail(ErrorKind::Corrupt, "config: is required but absent");
  ImageRecord record{.id = heading.id, .manifest = heading.manifest, .size = heading.size};
  record.config = TRY(oci::image_config_of(*config));
  return record;
}

Result<std::optional<ImageRecord>> load_file(const HostPath& path) {
  const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDONLY));
  if (!file) return std::nullopt;
  Result<ImageRecord> record = parse_record(TRY(kernel::read_all(file.get())));
  if (record) return std::move(*record);
  Error error = std::move(record).error();
  error.kind = ErrorKind::Corrupt;
  return std::unexpected(std::move(error).within(format("read {}", quoted(path.str()))));
}

// "docker.io/library/busybox/@latest": no component of a repository begins with "@".
std::string name_path(const Reference& reference) {
  return format("{}/{}/@{}", reference.domain, reference.repository, reference.tag);
}

void collect_names(int directory, const std::string& prefix, std::vector<std::string>& names) {
  Result<kernel::UniqueFd> fd = kernel::open_at(directory, ".", O_RDONLY | O_DIRECTORY);
  DIR* stream = fd ? fdopendir(fd->get()) : nullptr;
  if (stream == nullptr) return;
  static_cast<void>(fd->release());
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name.starts_with('@')) {
      names.push_back(prefix + ":" + name.substr(1));
    } else if (!name.starts_with('.')) {
      const Result<kernel::UniqueFd> below =
          kernel::open_at(dirfd(stream), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (below)
        collect_names(below->get(), prefix.empty() ? name : format("{}/{}", prefix, name), names);
    }
  }
  closedir(stream);
}

}  // namespace

Result<std::optional<ImageRecord>> load_image(const Store& store, const oci::Digest& id) {
  return load_file(store.image_file(id));
}

Result<std::optional<ImageRecord>> load_image(const Store& store, const Reference& reference) {
  if (reference.tag.empty()) return std::nullopt;
  std::optional<ImageRecord> record = TRY(load_file(store.root() / "names" / name_path(reference)));
  if (record && reference.digest && record->manifest != *reference.digest) return std::nullopt;
  return record;
}

Result<void> save_image(const Store& store, const ImageRecord& record) {
  json::Value document =
      oci::write_value(Heading{.id = record.id, .manifest = record.manifest, .size = record.size});
  document["config"] = oci::write_image_config(record.config);
  TRY(store.directory("images"));
  return kernel::replace_file(
      store.image_file(record.id), json::write(document) + "\n", 0600, true);
}

// A symbolic link is never half-written, and one rename exchanges it.
Result<void> name_image(const Store& store, const Reference& reference, const oci::Digest& id) {
  if (reference.tag.empty()) return fail(ErrorKind::InvalidArgument, "a name needs a tag");
  const std::string path = name_path(reference);
  const std::size_t slash = path.rfind('/');
  const kernel::UniqueFd directory = TRY(store.directory("names/" + path.substr(0, slash)));
  const std::string name = path.substr(slash + 1);
  std::string target;
  for (const char c : path) target += c == '/' ? "../" : "";
  target += format("../images/{}", id.hex());
  const std::string fresh = format(".{}.{}", name, getpid());
  unlinkat(directory.get(), fresh.c_str(), 0);
  if (symlinkat(target.c_str(), directory.get(), fresh.c_str()) != 0) {
    return fail_call(errno, format("symlink({})", path));
  }
  if (renameat(directory.get(), fresh.c_str(), directory.get(), name.c_str()) != 0) {
    return fail_call(errno, format("rename({})", path));
  }
  if (fsync(directory.get()) != 0) return fail_call(errno, format("fsync({})", path));
  return {};
}

std::vector<std::string> image_names(const Store& store) {
  std::vector<std::string> names;
  const Result<kernel::UniqueFd> root =
      kernel::open_if_exists(store.root() / "names", O_RDONLY | O_DIRECTORY);
  if (root && *root) collect_names(root->get(), "", names);
  std::ranges::sort(names);
  return names;
}

Result<std::vector<oci::Digest>> images_with_prefix(const Store& store, std::string_view hex) {
  std::vector<oci::Digest> found;
  kernel::UniqueFd directory =
      TRY(kernel::open_if_exists(store.root() / "images", O_RDONLY | O_DIRECTORY));
  if (!directory) return found;
  DIR* stream = fdopendir(directory.get());
  if (stream == nullptr) return fail_call(errno, "fdopendir(images)");
  static_cast<void>(directory.release());
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(hex)) continue;
    Result<oci::Digest> id = oci::Digest::parse(format("sha256:{}", name));
    if (id) found.push_back(std::move(*id));
  }
  closedir(stream);
  return found;
}

}  // namespace isle::image
