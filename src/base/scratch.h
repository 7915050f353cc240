#pragma once
// Why: a buffer to receive into needs no zeros. std::vector writes them, and so takes every page of
// a buffer of which a short-lived program uses one or none; here a page costs when something is in
// it.

#include <cstddef>
#include <memory>
#include <span>

namespace isle {

class Scratch {
 public:
  explicit Scratch(std::size_t size)
      : bytes_(std::make_unique_for_overwrite<char[]>(size)), size_(size) {}
  char* data() { return bytes_.get(); }
  std::size_t size() const { return size_; }
  operator std::span<char>() { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

}  // namespace isle
