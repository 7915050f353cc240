#pragma once
// Files with holes, as GNU tar writes them in four ways: type 'S' with the map in the header and in
// blocks after it; pax 0.0 (a record for each number), 0.1 (one record) and 1.0 (the map before the
// data). Source: GNU tar's manual, "Sparse Formats".

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/layer/tar_entry.h"

namespace isle::image {

// The parts of 'S' headers: at most four, or 21 in a block that follows.
struct SparseBlock {
  std::vector<SparsePart> parts;
  bool more = false;  // another block follows
};
Result<SparseBlock> parse_sparse_header(std::string_view header);
Result<SparseBlock> parse_sparse_block(std::string_view block);
// The whole size of the file, of an 'S' header.
Result<std::int64_t> sparse_real_size(std::string_view header);

// pax 0.0 and 0.1: "0,512,1024,512".
Result<std::vector<SparsePart>> parse_sparse_list(std::string_view text);

// pax 1.0: numbers, a line each, the first is the count of parts. What follows is not looked at.
Result<std::vector<SparsePart>> parse_sparse_text(std::string_view text);
// How many lines such a text has, once its first one is known.
Result<std::size_t> sparse_text_lines(std::string_view first_line);

// In order, apart, within the file, and together as large as the data that follow.
Result<void> check_sparse(const TarEntry& entry);

}  // namespace isle::image
