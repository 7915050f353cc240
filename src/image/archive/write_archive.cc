#include "image/archive/write_archive.h"

#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/archive/archive_target.h"
#include "image/archive/docker_archive.h"
#include "image/blobs.h"
#include "image/layer/merged_tree.h"
#include "image/layer/unpacker.h"
#include "image/make_image.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

namespace media_type = oci::media_type;

constexpr std::array kKinds = {std::pair("docker-archive", ArchiveKind::DockerArchive),
                               std::pair("oci-archive", ArchiveKind::OciArchive),
                               std::pair("oci-dir", ArchiveKind::OciDirectory),
                               std::pair("docker-dir", ArchiveKind::DockerDirectory)};

class Writer {
 public:
  Writer(const Store& store, ArchiveTarget& target) : store_(store), target_(target) {}

  Result<std::vector<std::string>> write(const std::vector<ImageToSave>& images, ArchiveKind kind) {
    for (const ImageToSave& image : images) {
      const WholeImage whole = TRY(whole_image(store_, image.record));
      if (whole.packed_anew) warnings_.push_back(packed_anew_words(image.record, whole));
      switch (kind) {
        case ArchiveKind::DockerArchive: TRY(add_docker(image, whole)); break;
        case ArchiveKind::DockerDirectory: TRY(add_docker_directory(whole)); break;
        default: TRY(add_oci(image, whole)); break;
      }
    }
    TRY(add_documents(kind));
    TRY(target_.end());
    return std::move(warnings_);
  }

 private:
  const Store& store_;
  ArchiveTarget& target_;
  std::vector<std::string> warnings_;
  std::vector<DockerArchiveImage> docker_;
  json::Value repositories_{json::Object{}};
  oci::Index index_;

  Result<void> add_documents(ArchiveKind kind) {
    if (kind == ArchiveKind::DockerArchive) {
      TRY(target_.add("manifest.json", json::write(write_docker_archive(docker_)) + "\n"));
      return target_.add("repositories", json::write(repositories_) + "\n");
    }
    if (kind == ArchiveKind::DockerDirectory) {
      return target_.add("version", "Directory Transport Version: 1.1\n");
    }
    TRY(target_.add("oci-layout", json::write(oci::write_layout())));
    index_.media_type = media_type::kIndex;
    return target_.add("index.json", json::write(oci::write_index(index_)));
  }

  // Layers are plain archives here, named by their diffID.
  Result<void> add_docker(const ImageToSave& image, const WholeImage& whole) {
    DockerArchiveImage& listed = docker_.emplace_back();
    listed.config = format("{}.json", whole.manifest.config.digest.hex());
    TRY(target_.add(listed.config, whole.config_bytes));
    for (std::size_t i = 0; i < whole.manifest.layers.size(); ++i) {
      listed.layers.push_back(
          TRY(add_plain_layer(whole.manifest.layers[i], whole.config.rootfs.diff_ids[i])));
    }
    for (const Reference& name : image.names) {
      const std::string familiar = name.familiar();
      listed.names.push_back(familiar);
      if (whole.config.rootfs.diff_ids.empty()) continue;
      repositories_[familiar.substr(0, familiar.rfind(':'))][name.tag] =
          whole.config.rootfs.diff_ids.back().hex();
    }
    return {};
  }

  Result<std::string> add_plain_layer(const oci::Descriptor& layer, const oci::Digest& diff_id) {
    std::string path = format("{}.tar", diff_id.hex());
    const kernel::UniqueFd blob = TRY(open_blob(store_, layer));
    if (layer.digest == diff_id) {
      TRY(target_.add_file(path, blob.get(), layer.size));
      return path;
    }
    const StagedBlob plain = TRY(StagedBlob::create(store_));  // gone at the end
    const PackedBlob found =
        TRY(convert_to(store_, oci::Compression::None, blob.get(), plain.fd()));
    if (found.diff_id != diff_id) {
      return fail(ErrorKind::Corrupt,
                  format("layer {} has the digest {}", diff_id.str(), found.diff_id.str()));
    }
    TRY(target_.add_file(path, plain.fd(), found.descriptor.size));
    return path;
  }

  // An OCI layout has OCI's types; the blobs are the same.
  Result<void> add_oci(const ImageToSave& image, const WholeImage& whole) {
    oci::Manifest manifest = whole.manifest;
    std::string bytes = whole.manifest_bytes;
    if (oci::to_oci_types(manifest)) bytes = json::write(oci::write_manifest(manifest));
    oci::Descriptor descriptor{.media_type = std::string(media_type::kManifest),
                               .digest = TRY(digest_of(bytes)),
                               .size = std::ssize(bytes)};
    descriptor.platform = whole.config.platform;
    TRY(target_.add(blob_path(descriptor.digest), bytes));
    TRY(target_.add(blob_path(manifest.config.digest), whole.config_bytes));
    for (const oci::Descriptor& layer : manifest.layers) {
      TRY(add_blob(blob_path(layer.digest), layer));
    }
    if (image.names.empty()) index_.manifests.push_back(descriptor);
    for (const Reference& name : image.names) {
      descriptor.annotations["org.opencontainers.image.ref.name"] = name.str();
      index_.manifests.push_back(descriptor);
    }
    return {};
  }

  Result<void> add_docker_directory(const WholeImage& whole) {
    TRY(target_.add("manifest.json", whole.manifest_bytes));
    TRY(target_.add(std::string(whole.manifest.config.digest.hex()), whole.config_bytes));
    for (const oci::Descriptor& layer : whole.manifest.layers) {
      TRY(add_blob(std::string(layer.digest.hex()), layer));
    }
    return {};
  }

  Result<void> add_blob(const std::string& path, const oci::Descriptor& descriptor) {
    const kernel::UniqueFd blob = TRY(open_blob(store_, descriptor));
    return target_.add_file(path, blob.get(), descriptor.size);
  }

  static std::string blob_path(const oci::Digest& digest) {
    return format("blobs/{}/{}", digest.algorithm(), digest.hex());
  }
};

}  // namespace

Result<ArchiveKind> parse_archive_kind(std::string_view text) {
  for (const auto& [name, kind] : kKinds) {
    if (text == name) return kind;
  }
  return fail(ErrorKind::InvalidArgument,
              format("--format cannot be {}", quoted(text)),
              "it is docker-archive, oci-archive, oci-dir or docker-dir");
}

Result<std::vector<std::string>> write_archive(const Store& store,
                                               const std::vector<ImageToSave>& images,
                                               ArchiveKind kind,
                                               int output) {
  TarTarget target(output);
  return Writer(store, target).write(images, kind);
}

Result<std::vector<std::string>> write_directory(const Store& store,
                                                 const std::vector<ImageToSave>& images,
                                                 ArchiveKind kind,
                                                 const HostPath& directory) {
  if (kind == ArchiveKind::DockerDirectory && images.size() != 1) {
    return fail(ErrorKind::InvalidArgument,
                format("docker-dir holds one image, not {}", images.size()),
                "oci-dir holds several");
  }
  if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    return fail_call(errno, format("mkdir({})", directory.str()));
  }
  kernel::UniqueFd fd = TRY(kernel::open_file(directory, O_RDONLY | O_DIRECTORY));
  if (!TRY(names_in(fd.get())).empty()) {
    return fail(ErrorKind::Conflict,
                format("the directory {} is not empty", quoted(directory.str())));
  }
  DirectoryTarget target(std::move(fd));
  return Writer(store, target).write(images, kind);
}

}  // namespace isle::image
