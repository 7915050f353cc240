#include "image/unpack_program/blob_stream.h"

#include <array>
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zstd.h>

#include "kernel/fd.h"

namespace isle::image {
namespace {

// `text` through `program`.
std::string packed_by(const std::string& program, const std::string& text) {
  const kernel::UniqueFd plain = MUST(kernel::make_memfd("plain"));
  MUST(kernel::write_all(plain.get(), text));
  const std::string command =
      program + " </proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(plain.get());
  FILE* pipe = popen(command.c_str(), "re");
  std::string packed;
  std::array<char, 4096> piece{};
  for (std::size_t n = 0; (n = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) {
    packed.append(piece.data(), n);
  }
  EXPECT_EQ(pclose(pipe), 0);
  return packed;
}

std::string gzipped(const std::string& text) { return packed_by("gzip -nc", text); }

// One frame.
std::string zstd_packed(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

struct Read {
  std::string plain;
  BlobStream::Sums sums;
};

Result<kernel::UniqueFd> file_of(std::string_view bytes) {
  kernel::UniqueFd fd = TRY(kernel::make_memfd("blob"));
  TRY(kernel::write_all(fd.get(), bytes));
  lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

Result<Read> read_blob(const std::string& blob, int partial = -1) {
  const kernel::UniqueFd fd = TRY(file_of(blob));
  BlobStream stream = TRY(BlobStream::create(fd.get(), "sha256", "sha256", partial));
  Read read;
  for (;;) {
    const std::string_view part = TRY(stream.take(777));
    if (part.empty()) break;
    read.plain += part;
  }
  read.sums = stream.finish();
  return read;
}

// More than the buffers hold, and not too repetitive.
std::string large_text() {
  std::string text;
  for (unsigned i = 0; text.size() < (3U << 20); ++i) text += std::to_string(i * 2654435761U);
  return text;
}

TEST(BlobStream, PlainAndPackedGiveTheSameBytesAndDiffId) {
  const std::string text = large_text();
  const Read plain = MUST(read_blob(text));
  const Read packed = MUST(read_blob(gzipped(text)));
  EXPECT_EQ(plain.plain, text);
  EXPECT_EQ(packed.plain, text);
  EXPECT_EQ(plain.sums.diff, packed.sums.diff);
  EXPECT_EQ(plain.sums.blob, plain.sums.diff);
  EXPECT_NE(packed.sums.blob, packed.sums.diff);
  EXPECT_EQ(packed.sums.compression, "gzip");
  EXPECT_EQ(packed.sums.diff_size, text.size());
}

TEST(BlobStream, KnownDigest) {
  EXPECT_EQ(MUST(read_blob("")).sums.blob.str(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(BlobStream, SeveralMembersAndPadding) {
  const std::string text = large_text();
  const std::string two = gzipped(text) + gzipped("end");
  EXPECT_EQ(MUST(read_blob(two)).plain, text + "end");
  EXPECT_EQ(MUST(read_blob(two + std::string(1000, '\0'))).plain, text + "end");
}

TEST(BlobStream, DamageIsCorrupt) {
  const std::string packed = gzipped(large_text());
  const auto expect_corrupt = [](const std::string& blob, std::string_view words) {
    const Result<Read> read = read_blob(blob);
    ASSERT_FALSE(read) << words;
    EXPECT_EQ(read.error().kind, ErrorKind::Corrupt);
    EXPECT_THAT(read.error().message, testing::HasSubstr(words));
  };
  expect_corrupt(packed.substr(0, packed.size() / 2), "ends early");
  expect_corrupt(packed.substr(0, packed.size() - 1), "ends early");
  expect_corrupt(packed.substr(0, 12), "ends early");
  expect_corrupt(packed + "garbage", "gzip");
  std::string wrong_sum = packed;
  wrong_sum[packed.size() - 6] = static_cast<char>(wrong_sum[packed.size() - 6] ^ 1);
  expect_corrupt(wrong_sum, "damaged");
}

TEST(BlobStream, ZstdWithSeveralFrames) {
  const std::string text = large_text();
  const std::string skippable("\x52\x2a\x4d\x18\x03\0\0\0abc", 11);
  const Read one = MUST(read_blob(zstd_packed(text)));
  EXPECT_EQ(one.plain, text);
  EXPECT_EQ(one.sums.compression, "zstd");
  const Read many = MUST(read_blob(skippable + zstd_packed(text) + skippable + zstd_packed("end")));
  EXPECT_EQ(many.plain, text + "end");
  EXPECT_EQ(MUST(read_blob(zstd_packed(std::string(5'000'000, 'x')))).plain.size(), 5'000'000U);
}

TEST(BlobStream, DamagedZstdIsCorrupt) {
  const std::string packed = zstd_packed(large_text());
  for (const std::string& blob : {packed.substr(0, packed.size() / 2),
                                  packed.substr(0, packed.size() - 1),
                                  packed + "garbage",
                                  packed.substr(0, 5)}) {
    const Result<Read> read = read_blob(blob);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::Corrupt);
    EXPECT_THAT(read.error().message, testing::HasSubstr("zstd"));
  }
}

TEST(BlobStream, WhatIsKeptIsReadFirstAndTheRestAppended) {
  const std::string text = large_text();
  const std::string packed = gzipped(text);
  for (const std::size_t kept :
       {std::size_t{0}, std::size_t{1}, packed.size() / 2, packed.size()}) {
    const kernel::UniqueFd partial = MUST(file_of(packed.substr(0, kept)));
    const Read read = MUST(read_blob(packed.substr(kept), partial.get()));
    EXPECT_EQ(read.plain, text);
    EXPECT_EQ(read.sums.blob_size, packed.size());
    lseek(partial.get(), 0, SEEK_SET);
    EXPECT_EQ(MUST(kernel::read_all(partial.get())), packed);
  }
}

}  // namespace
}  // namespace isle::image
