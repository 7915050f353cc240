#include "image/archive/open_archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/archive/docker_archive.h"
#include "image/archive/members.h"
#include "image/layer/unpacker.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

namespace media_type = oci::media_type;
constexpr std::size_t kMaxDocument = 4 << 20;  // what registries accept, too
// Where an OCI layout keeps names: containerd's is a whole one.
constexpr std::array kNameKeys = {"io.containerd.image.name", "org.opencontainers.image.ref.name"};

// A word alone ("latest") is a tag of nobody knows what.
void take_name(ArchivedImage& image, const std::string& text) {
  Result<Reference> name = Reference::parse(text);
  const bool whole = text.find_first_of("/:") != std::string::npos;
  if (!name || !whole || name->tag.empty()) {
    image.odd_names.push_back(text);
    return;
  }
  name->digest.reset();
  if (std::ranges::find(image.names, *name) == image.names.end()) image.names.push_back(*name);
}

void take_names(ArchivedImage& image, const oci::StringMap& annotations) {
  for (const char* key : kNameKeys) {
    const auto found = annotations.find(key);
    if (found == annotations.end() || found->second.empty()) continue;
    take_name(image, found->second);
    return;
  }
}

bool is_for_us(const oci::Descriptor& descriptor) {
  return !descriptor.platform || oci::runs_on(*descriptor.platform, oci::host_platform());
}

// By its first bytes, as the archive does not say.
Result<std::string_view> layer_type(int blob) {
  char mark[4] = {};
  const ssize_t size = pread(blob, mark, sizeof mark, 0);
  if (size < 0) return fail_call(errno, "read(layer)");
  const std::string_view first(mark, static_cast<std::size_t>(size));
  if (first.starts_with("\x1f\x8b")) return media_type::kDockerLayerGzip;
  return first == "\x28\xb5\x2f\xfd" ? media_type::kLayerZstd : media_type::kDockerLayer;
}

Result<std::string> read_member(const StagedLayout& staged, const ArchiveMember& member) {
  const kernel::UniqueFd file = TRY(staged.open_blob(member.digest));
  return kernel::read_all(file.get(), kMaxDocument);
}

// As much of a manifest as a docker archive has.
Result<oci::Manifest> manifest_of(const StagedLayout& staged,
                                  const ArchiveMembers& members,
                                  const DockerArchiveImage& image) {
  oci::Manifest manifest;
  manifest.media_type = media_type::kDockerManifest;
  const ArchiveMember config = TRY(members.get(image.config));
  manifest.config.media_type = media_type::kDockerConfig;
  manifest.config.digest = config.digest;
  manifest.config.size = config.size;
  for (const std::string& path : image.layers) {
    const ArchiveMember layer = TRY(members.get(path));
    const kernel::UniqueFd file = TRY(staged.open_blob(layer.digest));
    oci::Descriptor& descriptor = manifest.layers.emplace_back();
    descriptor.media_type = TRY(layer_type(file.get()));
    descriptor.digest = layer.digest;
    descriptor.size = layer.size;
  }
  return manifest;
}

std::unexpected<Error> unknown_kind(std::string_view what) {
  return fail(ErrorKind::Unsupported,
              format("{} holds no images that are known", what),
              "known are docker-archive, oci-archive, oci-dir and docker-dir");
}

}  // namespace

Result<OpenArchive> OpenArchive::at(const Store& store, const HostPath& path) {
  // Not to wait for ever on a fifo without a writer: reading it waits, and can be interrupted.
  const kernel::UniqueFd file = TRY(kernel::open_file(path, O_RDONLY));
  struct stat found{};
  if (fstat(file.get(), &found) != 0) return fail_call(errno, format("stat({})", path.str()));
  if (!S_ISDIR(found.st_mode)) return in(store, file.get());
  OpenArchive archive;
  if (faccessat(file.get(), "oci-layout", F_OK, 0) == 0) {
    TRY(archive.take_oci(TRY(Layout::open(path))));
    return archive;
  }
  if (faccessat(file.get(), "manifest.json", F_OK, 0) != 0) {
    return unknown_kind(format("the directory {}", quoted(path.str())));
  }
  archive.staged_.emplace(TRY(StagedLayout::create(store)));
  TRY(archive.take_docker_directory(file.get()));
  return archive;
}

Result<OpenArchive> OpenArchive::in(const Store& store, int file) {
  OpenArchive archive;
  archive.staged_.emplace(TRY(StagedLayout::create(store)));
  const StagedLayout& staged = *archive.staged_;
  std::vector<std::string> request = {"split", "--into", staged.blobs().str()};
  if (store.who() == Unpacker::User) request.emplace_back("--user");
  const json::Value reply = TRY_STEP(ask_unpacker(request, file), "take the archive apart");
  const ArchiveMembers members = TRY(ArchiveMembers::of_reply(reply));
  const ArchiveMember* layout = members.find("oci-layout");
  const ArchiveMember* index = members.find("index.json");
  if (layout != nullptr && index != nullptr) {
    // The documents at the top, too, lie under their digests.
    for (const auto& [name, member] : {std::pair("oci-layout", layout), {"index.json", index}}) {
      TRY(kernel::replace_file(
          staged.path() / name, TRY(read_member(staged, *member)), 0600, false));
    }
    TRY(archive.take_oci(TRY(Layout::open(staged.path()))));
    return archive;
  }
  if (members.find("manifest.json") == nullptr) return unknown_kind("the archive");
  TRY(archive.take_docker(members));
  return archive;
}

// One image for each manifest, however many names lead to it.
Result<void> OpenArchive::take_oci(Layout layout) {
  layout_ = std::move(layout);
  std::map<oci::Digest, std::size_t> places;
  const oci::Index index = TRY(layout_->index());
  // Another machine's are taken where there are no others: somebody saved them.
  const bool some_for_us = std::ranges::any_of(index.manifests, is_for_us);
  for (const oci::Descriptor& descriptor : index.manifests) {
    const bool usable =
        oci::is_manifest(descriptor.media_type) || oci::is_index(descriptor.media_type);
    if (!usable || (some_for_us && !is_for_us(descriptor))) continue;
    const auto [place, is_new] = places.try_emplace(descriptor.digest, images_.size());
    if (is_new) images_.push_back({.descriptor = descriptor, .names = {}, .odd_names = {}});
    take_names(images_[place->second], descriptor.annotations);
  }
  if (!images_.empty()) return {};
  return fail(ErrorKind::NotFound, "the layout has no image");
}

Result<void> OpenArchive::take_docker(const ArchiveMembers& members) {
  const ArchiveMember list = TRY(members.get("manifest.json"));
  for (const DockerArchiveImage& described :
       TRY(read_docker_archive(TRY(read_member(*staged_, list))))) {
    const oci::Manifest manifest = TRY(manifest_of(*staged_, members, described));
    ArchivedImage& image = images_.emplace_back();
    image.descriptor = TRY(staged_->add_document(media_type::kDockerManifest,
                                                 json::write(oci::write_manifest(manifest))));
    for (const std::string& name : described.names) take_name(image, name);
  }
  TRY(staged_->finish());
  layout_.emplace(TRY(Layout::open(staged_->path())));
  return {};
}

Result<void> OpenArchive::take_docker_directory(int directory) {
  const kernel::UniqueFd file =
      TRY(kernel::open_at(directory, "manifest.json", O_RDONLY | O_NONBLOCK));
  const std::string text = TRY_STEP(kernel::read_all(file.get(), kMaxDocument), "manifest.json");
  const oci::Manifest manifest = TRY_STEP(oci::read_manifest(text), "manifest.json");
  std::vector<oci::Descriptor> blobs = manifest.layers;
  blobs.push_back(manifest.config);
  for (const oci::Descriptor& blob : blobs) {
    const kernel::UniqueFd from =
        TRY(kernel::open_at(directory, std::string(blob.digest.hex()), O_RDONLY | O_NONBLOCK));
    TRY(staged_->add_blob(blob.digest, from.get()));
  }
  const std::string_view type =
      manifest.media_type.empty() ? media_type::kManifest : std::string_view(manifest.media_type);
  images_.emplace_back().descriptor = TRY(staged_->add_document(type, text));
  TRY(staged_->finish());
  layout_.emplace(TRY(Layout::open(staged_->path())));
  return {};
}

Result<Loaded> OpenArchive::load(const Store& store, const ArchivedImage& image) const {
  return load_from_layout(store, *layout_, TRY(layout_->image(image.descriptor)));
}

}  // namespace isle::image
