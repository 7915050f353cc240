#pragma once
// Why: layers are tar archives that anyone may have written, in any dialect of the last forty
// years; this reader is small enough to be read whole and fuzzed. It knows v7, ustar, pax (paths,
// sizes, owners, nanosecond times, extended attributes), GNU long names, base-256 numbers and files
// with holes. Multi-volume and incremental archives are refused by name. Source: POSIX pax(1),
// "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format"; star(5).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/layer/byte_source.h"
#include "image/layer/tar_entry.h"

namespace isle::image {

class TarReader {
 public:
  explicit TarReader(ByteSource& source) : source_(source) {}

  // The next member; nullopt after the last. What was not taken of the one before is skipped.
  // Errors: Corrupt, Unsupported.
  Result<std::optional<TarEntry>> next();
  // Data of the current member: lent until the next call, empty at its end.
  Result<std::string_view> take_data();

 private:
  struct Overrides;  // what pax and GNU members say about the next one

  ByteSource& source_;
  std::int64_t left_ = 0;     // data of the current member
  std::int64_t padding_ = 0;  // up to the next block
  std::string block_;

  Result<bool> read_block();
  Result<void> skip(std::int64_t bytes);
  Result<std::string> read_extension(std::int64_t size, std::string_view what);
  Result<bool> read_header();
  static Result<void> apply(const Overrides& overrides, TarEntry& entry);
  Result<bool> extend(Overrides& overrides, char type, std::int64_t size);
  Result<void> read_sparse(const Overrides& overrides, TarEntry& entry, char type);
  Result<std::vector<SparsePart>> read_sparse_blocks();
  Result<std::vector<SparsePart>> read_sparse_text(TarEntry& entry);
};

}  // namespace isle::image
