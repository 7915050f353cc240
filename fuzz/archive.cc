// Archives of images that anyone may have written: the first byte says what the rest is, a tar, or
// one of the documents that lie in the kinds of archives. A tar's members are looked up as loading
// looks them up; what can be read of it can be written, and is then read as the same.

#include <string>
#include <vector>

#include "check.h"
#include "image/archive/docker_archive.h"
#include "image/archive/members.h"
#include "image/layer/byte_source.h"
#include "image/layer/tar_reader.h"
#include "image/layer/tar_writer.h"
#include "oci/image.h"

namespace {

using namespace isle;

constexpr std::size_t kMostData = 64 << 10;

oci::Digest some_digest() { return MUST(oci::Digest::parse("sha256:" + std::string(64, 'a'))); }

void look_up(const image::ArchiveMembers& members,
             const std::vector<image::DockerArchiveImage>& images) {
  for (const image::DockerArchiveImage& item : images) {
    static_cast<void>(members.find(item.config));
    for (const std::string& layer : item.layers) static_cast<void>(members.find(layer));
  }
}

void check_docker(std::string_view text, const image::ArchiveMembers& members) {
  const auto images = image::read_docker_archive(text);
  if (!images) return;
  look_up(members, *images);
  const auto again = image::read_docker_archive(json::write(image::write_docker_archive(*images)));
  fuzz::check(again.has_value() && again->size() == images->size(), "what is read can be written");
}

void check_index(std::string_view text) {
  const auto index = oci::read_index(text);
  if (!index) return;
  const auto again = oci::read_index(json::write(oci::write_index(*index)));
  fuzz::check(again.has_value() && again->manifests.size() == index->manifests.size(),
              "an index can be written");
}

void check_manifest(std::string_view text) {
  const auto manifest = oci::read_manifest(text);
  if (!manifest) return;
  const auto again = oci::read_manifest(json::write(oci::write_manifest(*manifest)));
  fuzz::check(again.has_value() && again->layers.size() == manifest->layers.size(),
              "a manifest can be written");
}

// The writer has fewer dialects than the reader, but loses nothing that means something.
void check_written(const image::TarEntry& entry, const std::string& data) {
  image::MemorySink sink;
  image::TarWriter writer(sink);
  MUST(writer.add_file(entry, entry.type == image::TarType::Regular ? data : ""));
  MUST(writer.end());
  image::MemorySource source(sink.bytes());
  image::TarReader reader(source);
  const auto back = reader.next();
  fuzz::check(back.has_value() && back->has_value(), "what is written can be read");
  const image::TarEntry& same = **back;
  fuzz::check(same.path == entry.path && same.mode == entry.mode && same.uid == entry.uid &&
                  same.gid == entry.gid && same.xattrs == entry.xattrs &&
                  same.mtime.tv_sec == entry.mtime.tv_sec &&
                  same.mtime.tv_nsec == entry.mtime.tv_nsec,
              "what is written is read as the same");
}

bool is_ordinary_time(const timespec& time) {
  constexpr std::int64_t kFar = std::int64_t{1} << 40;
  return time.tv_sec > -kFar && time.tv_sec < kFar;
}

void check_tar(std::string_view bytes) {
  image::MemorySource source(bytes);
  image::TarReader reader(source);
  image::ArchiveMembers members;
  std::string documents[2];
  for (;;) {
    const auto entry = reader.next();
    if (!entry || !*entry) break;
    std::string data;
    for (;;) {
      const auto part = reader.take_data();
      if (!part || part->empty() || data.size() > kMostData) break;
      data += *part;
    }
    const image::TarEntry& member = **entry;
    if (member.type == image::TarType::Regular) {
      members.add_file(member.path, {.digest = some_digest(), .size = member.size});
    } else {
      members.add_link(member.path, member.target, member.type == image::TarType::Symlink);
    }
    if (member.path == "manifest.json") documents[0] = data;
    if (member.path == "index.json") documents[1] = data;
    if (std::ssize(data) == member.size && is_ordinary_time(member.mtime)) {
      check_written(member, data);
    }
  }
  check_docker(documents[0], members);
  check_index(documents[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest = fuzz::text_of(data + 1, size - 1);
  switch (data[0]) {
    case 'd': check_docker(rest, {}); break;
    case 'i': check_index(rest); break;
    case 'm': check_manifest(rest); break;
    default: check_tar(rest); break;
  }
  return 0;
}
