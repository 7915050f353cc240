#include "image/unpack_program/blob_writer.h"

#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "image/unpack_program/blob_stream.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

std::string sample() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "line " + std::to_string(i * i) + "\n";
  return text;
}

struct Written {
  kernel::UniqueFd file;
  BlobWriter::Sums sums;
};

Written write(std::string_view plain, oci::Compression compression) {
  Written written{.file = MUST(kernel::make_memfd("blob")), .sums = {}};
  BlobWriter writer = MUST(BlobWriter::create(written.file.get(), compression));
  for (std::size_t i = 0; i < plain.size(); i += 70'000) MUST(writer.give(plain.substr(i, 70'000)));
  written.sums = MUST(writer.finish());
  EXPECT_EQ(lseek(written.file.get(), 0, SEEK_CUR), static_cast<off_t>(written.sums.blob_size));
  EXPECT_EQ(lseek(written.file.get(), 0, SEEK_SET), 0);
  return written;
}

void expect_the_same_back(std::string_view plain, oci::Compression compression) {
  const Written written = write(plain, compression);
  BlobStream stream = MUST(BlobStream::create(written.file.get(), "sha256", "sha256"));
  std::string back;
  for (;;) {
    const std::string_view part = MUST(stream.take(1 << 20));
    if (part.empty()) break;
    back += part;
  }
  EXPECT_EQ(back, plain);
  const BlobStream::Sums sums = stream.finish();
  EXPECT_EQ(sums.blob, written.sums.blob);
  EXPECT_EQ(sums.diff, written.sums.diff);
  EXPECT_EQ(sums.diff_size, written.sums.diff_size);
  EXPECT_EQ(sums.compression, oci::to_string(compression));
}

TEST(BlobWriter, PlainComesBack) { expect_the_same_back(sample(), oci::Compression::None); }

TEST(BlobWriter, GzipComesBack) {
  expect_the_same_back(sample(), oci::Compression::Gzip);
  expect_the_same_back("", oci::Compression::Gzip);
}

TEST(BlobWriter, ZstdHasItsMark) {
  const Written written = write(sample(), oci::Compression::Zstd);
  EXPECT_TRUE(MUST(kernel::read_all(written.file.get())).starts_with("\x28\xb5\x2f\xfd"));
}

TEST(BlobWriter, TheSameInputGivesTheSameBlob) {
  for (const auto compression : {oci::Compression::Gzip, oci::Compression::Zstd}) {
    const Written one = write(sample(), compression);
    EXPECT_EQ(one.sums.blob, write(sample(), compression).sums.blob);
    EXPECT_LT(one.sums.blob_size, one.sums.diff_size);
  }
}

}  // namespace
}  // namespace isle::image
