#pragma once
// One member of a tar archive, whatever its dialect.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <time.h>

namespace isle::image {

enum class TarType : unsigned char {
  Regular,
  HardLink,
  Symlink,
  CharDevice,
  BlockDevice,
  Directory,
  Fifo,
};

struct SparsePart {
  std::int64_t offset = 0, size = 0;
};
struct SparseMap {
  std::vector<SparsePart> parts;  // ascending; the data of a member are theirs, one after the other
  std::int64_t real_size = 0;     // of the file
};

struct TarEntry {
  TarType type = TarType::Regular;
  std::string path;    // as the archive has it
  std::string target;  // of links
  std::uint32_t mode = 0;
  std::uint64_t uid = 0, gid = 0;
  std::int64_t size = 0;  // bytes of data that follow; 0 unless Regular
  timespec mtime{};
  std::uint32_t major = 0, minor = 0;
  std::vector<std::pair<std::string, std::string>> xattrs;
  std::optional<SparseMap> sparse;  // of a file with holes
};

}  // namespace isle::image
