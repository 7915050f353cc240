#include "image/embedded.h"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "image/blobs.h"
#include "image/entries.h"
#include "image/installation.h"
#include "image/layer/layer_store.h"
#include "oci/json_writer.h"

namespace isle::image {
namespace {

// Which image the layout held when it was looked at last. A newer isle brings a newer layout: the
// stamp is its index' place, inode, time and size.
struct Note {
  std::string stamp;
  oci::Digest id;
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<Note> note) {
  io.required("stamp", note.stamp);
  io.required("id", note.id);
}

// The installed image a reference may mean: "busybox" for docker.io/library/busybox:latest.
std::string short_name(const Reference& reference) {
  constexpr std::string_view kLibrary = "library/";
  if (reference.domain != "docker.io" || reference.tag != "latest" || reference.digest ||
      !reference.repository.starts_with(kLibrary)) {
    return {};
  }
  return reference.repository.substr(kLibrary.size());
}

Result<std::string> stamp_of(const HostPath& layout) {
  struct stat index{};
  if (stat((layout / "index.json").c_str(), &index) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::string();
    return fail_call(errno, format("stat({}/index.json)", layout.str()));
  }
  return format("{} {} {}.{:09} {}",
                layout.str(),
                index.st_ino,
                index.st_mtim.tv_sec,
                index.st_mtim.tv_nsec,
                index.st_size);
}

// nullopt: damaged or not there; it is only a note, made anew.
std::optional<Note> read_note(const HostPath& note_file) {
  const Result<std::string> text = kernel::read_file(note_file, 64 << 10);
  const Result<json::Value> document =
      text ? json::parse(*text) : Result<json::Value>(std::unexpected(text.error()));
  if (!document) return std::nullopt;
  Result<Note> note = oci::read_document<Note>(*document);
  if (!note) return std::nullopt;
  return std::move(*note);
}

// What the note leads to, if all of it is (still) there.
Result<std::optional<ImageRecord>> look_up(const Store& store,
                                           const HostPath& note_file,
                                           const std::string& stamp) {
  const std::optional<Note> note = read_note(note_file);
  if (!note || note->stamp != stamp) return std::nullopt;
  Result<std::optional<ImageRecord>> record = load_image(store, note->id);
  if (!record || !*record || !has_blob(store, (*record)->descriptor)) return std::nullopt;
  const auto is_there = [&store](const oci::Digest& layer) { return has_layer(store, layer); };
  if (!std::ranges::all_of((*record)->config.rootfs.diff_ids, is_there)) return std::nullopt;
  return record;
}

struct Installed {
  std::string name, stamp;
  HostPath directory;
};

Result<std::optional<Installed>> find_layout(const Reference& reference) {
  Installed layout{.name = short_name(reference), .stamp = {}, .directory = {}};
  if (layout.name.empty() || layout.name.contains('/')) return std::nullopt;
  layout.directory = TRY(share_directory()) / "images" / layout.name;
  layout.stamp = TRY(stamp_of(layout.directory));
  if (layout.stamp.empty()) return std::nullopt;
  return layout;
}

}  // namespace

bool is_embedded(const Reference& reference) {
  const Result<std::optional<Installed>> layout = find_layout(reference);
  return layout && *layout;
}

Result<std::optional<Loaded>> embedded_image(const Store& store, const Reference& reference) {
  const std::optional<Installed> found = TRY(find_layout(reference));
  if (!found) return std::nullopt;
  const auto& [name, stamp, layout] = *found;
  const HostPath note_file = store.root() / "builtin" / name;
  if (std::optional<ImageRecord> record = TRY(look_up(store, note_file, stamp))) {
    return Loaded{.record = std::move(*record), .warnings = {}};
  }
  Loaded loaded = TRY_STEP(load_from_layout(store, layout, ""),
                           format("unpack the installed image {}", quoted(name)));
  TRY(store.directory("builtin"));
  const Note note{.stamp = stamp, .id = loaded.record.id};
  TRY(kernel::replace_file(note_file, json::write(oci::write_value(note)) + "\n", 0600, false));
  return loaded;
}

std::vector<oci::Digest> built_in_images(const Store& store) {
  std::vector<oci::Digest> ids;
  const auto names = entries_of(store.root() / "builtin");
  if (!names) return ids;
  for (const std::string& name : *names) {
    std::optional<Note> note = read_note(store.root() / "builtin" / name);
    if (note) ids.push_back(std::move(note->id));
  }
  return ids;
}

std::vector<std::string> embedded_names() {
  std::vector<std::string> names;
  const Result<HostPath> share = share_directory();
  if (!share) return names;
  Result<kernel::UniqueFd> directory =
      kernel::open_if_exists(*share / "images", O_RDONLY | O_DIRECTORY);
  DIR* stream = directory && *directory ? fdopendir(directory->get()) : nullptr;
  if (stream == nullptr) return names;
  static_cast<void>(directory->release());
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    const Result<std::string> stamp = stamp_of(*share / "images" / name);
    if (!name.starts_with('.') && stamp && !stamp->empty()) names.push_back(name + ":latest");
  }
  closedir(stream);
  std::ranges::sort(names);
  return names;
}

}  // namespace isle::image
