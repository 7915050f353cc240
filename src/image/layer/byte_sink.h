#pragma once
// Why: the archive writer does not care whether its bytes are hashed, compressed or kept.

#include <string>
#include <string_view>

#include "base/error.h"

namespace isle::image {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Result<void> give(std::string_view bytes) = 0;
};

// Bytes that stay in memory.
class MemorySink : public ByteSink {
 public:
  Result<void> give(std::string_view bytes) override {
    bytes_ += bytes;
    return {};
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace isle::image
