#include "image/layer/tar_writer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "image/layer/tar_header.h"

namespace isle::image {
namespace {

constexpr std::int64_t kMostOctal7 = (std::int64_t{1} << 21) - 1;   // 7 digits
constexpr std::int64_t kMostOctal11 = (std::int64_t{1} << 33) - 1;  // 11 digits
constexpr std::size_t kNameField = 100, kPrefixField = 155;

void put(std::string& block, std::size_t at, std::string_view text) {
  std::memcpy(block.data() + at, text.data(), text.size());
}
// `size` bytes: digits and a NUL. What does not fit stands in a pax record.
void put_octal(std::string& block, std::size_t at, int size, std::int64_t value) {
  put(block, at, format("{:0{}o}", value, size - 1));
}

// Where a long name is cut in two; npos: it does not fit.
std::size_t prefix_size(std::string_view path) {
  if (path.size() <= kNameField) return 0;
  const std::size_t slash = path.find('/', path.size() - kNameField - 1);
  // A name that is empty, as behind a directory's last slash, is none.
  if (slash == std::string_view::npos || slash == 0 || slash > kPrefixField ||
      slash + 1 == path.size()) {
    return std::string_view::npos;
  }
  return slash;
}

char type_letter(TarType type) {
  switch (type) {
    case TarType::HardLink: return '1';
    case TarType::Symlink: return '2';
    case TarType::CharDevice: return '3';
    case TarType::BlockDevice: return '4';
    case TarType::Directory: return '5';
    case TarType::Fifo: return '6';
    default: return '0';
  }
}

std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;  // blank, "=", new line
  std::size_t size = rest + 1;
  while (std::to_string(size).size() + rest != size) ++size;
  return format("{} {}={}\n", size, key, value);
}

// "-1.5" is one and a half seconds before 1970; the kernel says -2 s and half a second after.
std::string pax_time(const timespec& time) {
  if (time.tv_nsec == 0) return format("{}", time.tv_sec);
  const bool negative = time.tv_sec < 0;
  const auto seconds = negative ? -(time.tv_sec + 1) : time.tv_sec;
  const auto nanoseconds = negative ? 1'000'000'000 - time.tv_nsec : time.tv_nsec;
  std::string digits = format("{:09}", nanoseconds);
  digits.erase(digits.find_last_not_of('0') + 1);
  return format("{}{}.{}", negative ? "-" : "", seconds, digits);
}

// Sorted by key.
std::string pax_records(const TarEntry& entry) {
  std::vector<std::pair<std::string, std::string>> records;
  records.reserve(entry.xattrs.size());
  for (const auto& [name, value] : entry.xattrs)
    records.emplace_back("SCHILY.xattr." + name, value);
  if (entry.gid > kMostOctal7) records.emplace_back("gid", format("{}", entry.gid));
  if (entry.target.size() > kNameField) records.emplace_back("linkpath", entry.target);
  const bool plain_time =
      entry.mtime.tv_nsec == 0 && entry.mtime.tv_sec >= 0 && entry.mtime.tv_sec <= kMostOctal11;
  if (!plain_time) records.emplace_back("mtime", pax_time(entry.mtime));
  if (prefix_size(entry.path) == std::string_view::npos) records.emplace_back("path", entry.path);
  if (entry.size > kMostOctal11) records.emplace_back("size", format("{}", entry.size));
  if (entry.uid > kMostOctal7) records.emplace_back("uid", format("{}", entry.uid));
  std::ranges::sort(records);
  std::string text;
  for (const auto& [key, value] : records) text += pax_record(key, value);
  return text;
}

std::string finish_block(std::string block) {
  put(block, 257, std::string_view("ustar\00000", 8));
  put(block, 148, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(block, 148, format("{:06o}", sum));
  block[154] = '\0';
  return block;
}

std::string header_of(const TarEntry& entry) {
  std::string block(kTarBlock, '\0');
  const std::size_t prefix = prefix_size(entry.path);
  if (prefix == std::string_view::npos) {
    put(block, 0, std::string_view(entry.path).substr(0, kNameField));
  } else {
    put(block, 345, std::string_view(entry.path).substr(0, prefix));
    put(block, 0, std::string_view(entry.path).substr(prefix == 0 ? 0 : prefix + 1));
  }
  const auto or_none = [](std::int64_t value, std::int64_t most) {
    return value < 0 || value > most ? 0 : value;
  };
  put_octal(block, 100, 8, entry.mode & 07777);
  put_octal(block, 108, 8, or_none(static_cast<std::int64_t>(entry.uid), kMostOctal7));
  put_octal(block, 116, 8, or_none(static_cast<std::int64_t>(entry.gid), kMostOctal7));
  put_octal(block, 124, 12, or_none(entry.size, kMostOctal11));
  put_octal(block, 136, 12, or_none(entry.mtime.tv_sec, kMostOctal11));
  block[156] = type_letter(entry.type);
  put(block, 157, std::string_view(entry.target).substr(0, kNameField));
  if (entry.type == TarType::CharDevice || entry.type == TarType::BlockDevice) {
    put_octal(block, 329, 8, or_none(entry.major, kMostOctal7));
    put_octal(block, 337, 8, or_none(entry.minor, kMostOctal7));
  }
  return finish_block(std::move(block));
}

std::string pax_member(const std::string& records) {
  std::string block(kTarBlock, '\0');
  put(block, 0, "././@PaxHeader");
  put_octal(block, 100, 8, 0644);
  put_octal(block, 108, 8, 0);
  put_octal(block, 116, 8, 0);
  put_octal(block, 124, 12, std::ssize(records));
  put_octal(block, 136, 12, 0);
  block[156] = 'x';
  std::string member = finish_block(std::move(block)) + records;
  member.resize((member.size() + kTarBlock - 1) / kTarBlock * kTarBlock);
  return member;
}

}  // namespace

Result<void> TarWriter::add(const TarEntry& entry) {
  if (left_ != 0) return fail(ErrorKind::Internal, "tar: a member is not whole");
  const std::string records = pax_records(entry);
  if (!records.empty()) TRY(sink_.give(pax_member(records)));
  TRY(sink_.give(header_of(entry)));
  left_ = entry.type == TarType::Regular ? entry.size : 0;
  padding_ = -left_ & (kTarBlock - 1);
  return {};
}

Result<void> TarWriter::data(std::string_view bytes) {
  if (std::ssize(bytes) > left_) return fail(ErrorKind::Internal, "tar: too much data");
  TRY(sink_.give(bytes));
  left_ -= std::ssize(bytes);
  if (left_ == 0 && padding_ > 0) {
    TRY(sink_.give(std::string(static_cast<std::size_t>(std::exchange(padding_, 0)), '\0')));
  }
  return {};
}

Result<void> TarWriter::add_file(const TarEntry& entry, std::string_view content) {
  TarEntry whole = entry;
  whole.size = std::ssize(content);
  TRY(add(whole));
  return data(content);
}

Result<void> TarWriter::end() {
  if (left_ != 0) return fail(ErrorKind::Internal, "tar: the last member is not whole");
  return sink_.give(std::string(2 * kTarBlock, '\0'));
}

}  // namespace isle::image
