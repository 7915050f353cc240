#include "image/layer/tar_sparse.h"

#include <limits>

#include "base/strings.h"
#include "image/layer/tar_header.h"

namespace isle::image {
namespace {

std::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorKind::Corrupt, "tar: " + std::move(message));
}

Result<std::int64_t> number(std::string_view text) {
  const Result<unsigned long long> value = parse_uint(text, "sparse map");
  if (!value ||
      *value > static_cast<unsigned long long>(std::numeric_limits<std::int64_t>::max())) {
    return corrupt(format("{} in a sparse map is no number", quoted(text)));
  }
  return static_cast<std::int64_t>(*value);
}

// `count` pairs of 12 bytes each; an empty one ends them.
Result<std::vector<SparsePart>> parse_pairs(std::string_view text, std::size_t count) {
  std::vector<SparsePart> parts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view pair = text.substr(i * 24, 24);
    if (pair[0] == '\0') break;
    SparsePart part;
    part.offset = TRY(parse_tar_number(pair.substr(0, 12), "sparse offset"));
    part.size = TRY(parse_tar_number(pair.substr(12, 12), "sparse size"));
    parts.push_back(part);
  }
  return parts;
}

}  // namespace

Result<SparseBlock> parse_sparse_header(std::string_view header) {
  SparseBlock block;
  block.parts = TRY(parse_pairs(header.substr(386), 4));
  block.more = header[482] != '\0';
  return block;
}

Result<SparseBlock> parse_sparse_block(std::string_view text) {
  SparseBlock block;
  block.parts = TRY(parse_pairs(text, 21));
  block.more = text[504] != '\0';
  return block;
}

Result<std::int64_t> sparse_real_size(std::string_view header) {
  return parse_tar_number(header.substr(483, 12), "real size");
}

Result<std::vector<SparsePart>> parse_sparse_list(std::string_view text) {
  std::vector<SparsePart> parts;
  if (text.empty()) return parts;
  const std::vector<std::string_view> words = split(text, ',');
  if (words.size() % 2 != 0) return corrupt("a sparse map has an odd count of numbers");
  for (std::size_t i = 0; i < words.size(); i += 2) {
    SparsePart part;
    part.offset = TRY(number(words[i]));
    part.size = TRY(number(words[i + 1]));
    parts.push_back(part);
  }
  return parts;
}

Result<std::size_t> sparse_text_lines(std::string_view first_line) {
  const std::int64_t count = TRY(number(first_line));
  if (count > (1 << 20)) return corrupt(format("a sparse map of {} parts is too long", count));
  return static_cast<std::size_t>(count) * 2 + 1;
}

Result<std::vector<SparsePart>> parse_sparse_text(std::string_view text) {
  Cut line = cut(text, '\n');
  std::vector<SparsePart> parts((TRY(sparse_text_lines(line.before)) - 1) / 2);
  for (SparsePart& part : parts) {
    for (std::int64_t* value : {&part.offset, &part.size}) {
      line = cut(line.after, '\n');
      *value = TRY(number(line.before));
    }
  }
  return parts;
}

Result<void> check_sparse(const TarEntry& entry) {
  const SparseMap& map = *entry.sparse;
  std::int64_t end = 0;
  std::int64_t sum = 0;
  for (const SparsePart& part : map.parts) {
    if (part.offset < end || part.size < 0 || part.size > map.real_size - part.offset) {
      return corrupt(format("the sparse map of {} is wrong", quoted(entry.path)));
    }
    end = part.offset + part.size;
    sum += part.size;  // no overflow: parts do not overlap
  }
  if (sum == entry.size && map.real_size >= 0) return {};
  return corrupt(
      format("{} has {} bytes of data, its sparse map {}", quoted(entry.path), entry.size, sum));
}

}  // namespace isle::image
