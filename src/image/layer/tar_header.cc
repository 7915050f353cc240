#include "image/layer/tar_header.h"

#include <algorithm>
#include <limits>

#include "base/strings.h"

namespace isle::image {
namespace {

std::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorKind::Corrupt, "tar: " + std::move(message));
}

// Text up to the first NUL.
std::string_view text_of(std::string_view field) { return field.substr(0, field.find('\0')); }

// Two's complement, most significant byte first; the first bit only marks the form.
Result<std::int64_t> parse_base_256(std::string_view field, std::string_view what) {
  const bool negative = (static_cast<unsigned char>(field[0]) & 0x40) != 0;
  const unsigned flip = negative ? 0xff : 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < field.size(); ++i) {
    unsigned byte = static_cast<unsigned char>(field[i]) ^ flip;
    if (i == 0) byte &= 0x7f;
    if ((value >> 55) != 0) return corrupt(format("{} is too large", what));
    value = value << 8 | byte;
  }
  const auto number = static_cast<std::int64_t>(value);
  return negative ? ~number : number;
}

// The sum of all bytes with the field of the sum itself as spaces. Old programs added them signed.
bool sum_is_right(std::string_view block, std::int64_t expected) {
  std::int64_t plain = 0;
  std::int64_t with_sign = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const char c = i >= 148 && i < 156 ? ' ' : block[i];
    plain += static_cast<unsigned char>(c);
    with_sign += static_cast<signed char>(c);
  }
  return expected == plain || expected == with_sign;
}

// ustar and star split long names; GNU's format, with its own magic, uses those bytes otherwise.
std::string full_name(std::string_view block) {
  std::string name(text_of(block.substr(0, 100)));
  if (block.substr(257, 6) != std::string_view("ustar\0", 6)) return name;
  const bool star = block.substr(508, 4) == std::string_view("tar\0", 4);
  const std::string_view prefix = text_of(block.substr(345, star ? 131 : 155));
  return prefix.empty() ? name : format("{}/{}", prefix, name);
}

Result<std::uint32_t> small_number(std::string_view field, std::string_view what) {
  const std::int64_t number = TRY(parse_tar_number(field, what));
  if (number < 0 || number > std::numeric_limits<std::uint32_t>::max()) {
    return corrupt(format("{} {} is out of range", what, number));
  }
  return static_cast<std::uint32_t>(number);
}

TarType ordinary_type(char type) {
  switch (type) {
    case '1': return TarType::HardLink;
    case '2': return TarType::Symlink;
    case '3': return TarType::CharDevice;
    case '4': return TarType::BlockDevice;
    case '5': return TarType::Directory;
    case '6': return TarType::Fifo;
    default: return TarType::Regular;
  }
}

Result<void> parse_owner_and_time(std::string_view block, TarEntry& entry) {
  entry.mode = TRY(small_number(block.substr(100, 8), "mode")) & 07777;
  entry.uid = TRY(small_number(block.substr(108, 8), "uid"));
  entry.gid = TRY(small_number(block.substr(116, 8), "gid"));
  entry.mtime.tv_sec = TRY(parse_tar_number(block.substr(136, 12), "mtime"));
  return {};
}

}  // namespace

bool is_zero_block(std::string_view block) {
  return std::ranges::all_of(block, [](char c) { return c == '\0'; });
}

Result<std::int64_t> parse_tar_number(std::string_view field, std::string_view what) {
  if (!field.empty() && (static_cast<unsigned char>(field[0]) & 0x80) != 0) {
    return parse_base_256(field, what);
  }
  const auto is_filler = [](char c) { return c == ' ' || c == '\0'; };
  while (!field.empty() && is_filler(field.front())) field.remove_prefix(1);
  while (!field.empty() && is_filler(field.back())) field.remove_suffix(1);
  field = text_of(field);  // some writers leave old bytes behind the NUL
  std::int64_t value = 0;
  for (const char c : field) {
    if (c < '0' || c > '7') return corrupt(format("{} {} is no octal number", what, quoted(field)));
    value = value * 8 + (c - '0');  // at most 12 digits of 3 bits
  }
  return value;
}

Result<TarHeader> parse_tar_header(std::string_view block) {
  const std::int64_t sum = TRY(parse_tar_number(block.substr(148, 8), "checksum"));
  if (!sum_is_right(block, sum)) return corrupt("a header's checksum is wrong");
  TarHeader header;
  TarEntry& entry = header.entry;
  header.type = block[156] == '\0' ? '0' : block[156];
  entry.type = ordinary_type(header.type);
  entry.path = full_name(block);
  entry.target = std::string(text_of(block.substr(157, 100)));
  TRY(parse_owner_and_time(block, entry));
  entry.size = TRY(parse_tar_number(block.substr(124, 12), "size"));
  if (entry.size < 0) return corrupt(format("size of {} is negative", quoted(entry.path)));
  if (entry.type == TarType::CharDevice || entry.type == TarType::BlockDevice) {
    entry.major = TRY(small_number(block.substr(329, 8), "device major"));
    entry.minor = TRY(small_number(block.substr(337, 8), "device minor"));
  }
  return header;
}

Result<PaxRecords> parse_pax(std::string_view text) {
  PaxRecords records;
  while (!text.empty()) {
    const Cut length = cut(text, ' ');
    const Result<unsigned long long> size = parse_uint(length.before, "pax record length");
    if (!length.found || !size || *size > text.size() || *size <= length.before.size() + 1) {
      return corrupt("a pax record has a wrong length");
    }
    std::string_view record = text.substr(0, *size);
    text.remove_prefix(*size);
    if (!record.ends_with('\n')) return corrupt("a pax record does not end with a newline");
    record.remove_suffix(1);
    record.remove_prefix(length.before.size() + 1);
    const Cut parts = cut(record, '=');
    if (parts.before.find('\0') != std::string_view::npos) {
      return corrupt("a pax record's key holds a NUL");
    }
    if (!parts.found || parts.before.empty()) return corrupt("a pax record has no key");
    // pax 0.0 of GNU tar gives a file with holes a record for each of its numbers.
    if (parts.before == "GNU.sparse.offset" || parts.before == "GNU.sparse.numbytes") {
      std::string& list = records["GNU.sparse.map"];
      list += (list.empty() ? "" : ",") + std::string(parts.after);
      continue;
    }
    records[std::string(parts.before)] = std::string(parts.after);
  }
  return records;
}

Result<timespec> parse_pax_time(std::string_view text) {
  const bool negative = text.starts_with('-');
  const Cut parts = cut(negative ? text.substr(1) : text, '.');
  const Result<unsigned long long> seconds = parse_uint(parts.before, "time");
  std::string digits(parts.after.substr(0, 9));
  digits.resize(9, '0');
  const Result<unsigned long long> nanoseconds = parse_uint(digits, "time");
  constexpr auto kMost = static_cast<unsigned long long>(std::numeric_limits<std::int64_t>::max());
  if (!seconds || !nanoseconds || *seconds > kMost) {
    return corrupt(format("{} is no time", quoted(text)));
  }
  timespec time{.tv_sec = static_cast<time_t>(*seconds),
                .tv_nsec = static_cast<long>(*nanoseconds)};
  if (!negative) return time;
  // -1.25 is 2 seconds before the epoch plus 0.75.
  time.tv_sec = -time.tv_sec - (time.tv_nsec > 0 ? 1 : 0);
  time.tv_nsec = time.tv_nsec > 0 ? 1'000'000'000 - time.tv_nsec : 0;
  return time;
}

}  // namespace isle::image
