#pragma once
// Images as files for other engines. The same images give the same bytes: members have no time.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/image_record.h"
#include "image/reference.h"
#include "image/store.h"

namespace isle::image {

enum class ArchiveKind : unsigned char { DockerArchive, OciArchive, OciDirectory, DockerDirectory };
// "docker-archive" ...; InvalidArgument lists them.
Result<ArchiveKind> parse_archive_kind(std::string_view text);

struct ImageToSave {
  ImageRecord record;
  std::vector<Reference> names;  // with tags; may be none
};

// The archive kinds, to a file or a pipe. The result: what a person should know.
Result<std::vector<std::string>> write_archive(const Store& store,
                                               const std::vector<ImageToSave>& images,
                                               ArchiveKind kind,
                                               int output);
// The directory kinds; the directory is made, and has to be empty if it is there. docker-dir
// holds one image.
Result<std::vector<std::string>> write_directory(const Store& store,
                                                 const std::vector<ImageToSave>& images,
                                                 ArchiveKind kind,
                                                 const HostPath& directory);

}  // namespace isle::image
