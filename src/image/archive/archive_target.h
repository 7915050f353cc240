#pragma once
// Where the files of an archive go: members of a tar, or files of a directory.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "image/layer/byte_sink.h"
#include "image/layer/tar_writer.h"
#include "kernel/fd.h"

namespace isle::image {

class ArchiveTarget {
 public:
  virtual ~ArchiveTarget() = default;
  // Each path once: a second time nothing is done.
  Result<void> add(const std::string& path, std::string_view content);
  // `size` bytes from the start of `from`.
  Result<void> add_file(const std::string& path, int from, std::int64_t size);
  virtual Result<void> end() = 0;

 protected:
  virtual Result<void> begin(const std::string& path, std::int64_t size) = 0;
  virtual Result<void> data(std::string_view bytes) = 0;

 private:
  std::set<std::string> seen_;
};

class TarTarget : public ArchiveTarget {
 public:
  explicit TarTarget(int output) : sink_(output), writer_(sink_) {}
  Result<void> end() override { return writer_.end(); }

 private:
  class FileSink : public ByteSink {
   public:
    explicit FileSink(int output) : output_(output) {}
    Result<void> give(std::string_view bytes) override;

   private:
    int output_;
  };
  FileSink sink_;
  TarWriter writer_;

  Result<void> begin(const std::string& path, std::int64_t size) override;
  Result<void> data(std::string_view bytes) override { return writer_.data(bytes); }
};

class DirectoryTarget : public ArchiveTarget {
 public:
  explicit DirectoryTarget(kernel::UniqueFd directory) : directory_(std::move(directory)) {}
  Result<void> end() override { return {}; }

 private:
  kernel::UniqueFd directory_, file_;

  Result<void> begin(const std::string& path, std::int64_t size) override;
  Result<void> data(std::string_view bytes) override;
};

}  // namespace isle::image
