#pragma once
// Why: the same members give the same bytes, always, since a layer's name is its digest. ustar
// where it can hold a member, with pax records before it for what it cannot: long names, times that
// are no whole seconds, sizes from 8 GiB, large ids, extended attributes. Source: POSIX pax(1);
// star(5) for SCHILY.xattr.

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "image/layer/byte_sink.h"
#include "image/layer/tar_entry.h"

namespace isle::image {

class TarWriter {
 public:
  explicit TarWriter(ByteSink& sink) : sink_(sink) {}

  // A member; `entry.size` bytes of data follow if it is a regular file.
  Result<void> add(const TarEntry& entry);
  // Internal: more than the member has.
  Result<void> data(std::string_view bytes);
  // A whole file at once.
  Result<void> add_file(const TarEntry& entry, std::string_view content);
  // The two blocks of zeros. Internal: the last member is not whole.
  Result<void> end();

 private:
  ByteSink& sink_;
  std::int64_t left_ = 0;     // data of the member that is to come
  std::int64_t padding_ = 0;  // up to the next block
};

}  // namespace isle::image
