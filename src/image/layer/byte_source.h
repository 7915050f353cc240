#pragma once
// Why: the archive reader does not care whether bytes come from a file, an inflater or a test, and
// must not copy them: a source lends its own buffer.

#include <string_view>

#include "base/error.h"

namespace isle::image {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // At least one and at most `most` bytes, valid until the next call; empty at the end.
  virtual Result<std::string_view> take(std::size_t most) = 0;
};

// Bytes that are in memory already.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}
  Result<std::string_view> take(std::size_t most) override {
    const std::string_view part = rest_.substr(0, most);
    rest_.remove_prefix(part.size());
    return part;
  }

 private:
  std::string_view rest_;
};

}  // namespace isle::image
