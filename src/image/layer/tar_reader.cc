#include "image/layer/tar_reader.h"

#include <algorithm>
#include <limits>

#include "base/strings.h"
#include "image/layer/tar_header.h"
#include "image/layer/tar_sparse.h"

namespace isle::image {
namespace {

// Long names and pax headers are small; what claims to be larger wants our memory.
constexpr std::int64_t kMaxExtension = 1 << 20;
constexpr std::size_t kMaxSparseText = 4 << 20;
constexpr std::string_view kXattrPrefix = "SCHILY.xattr.";

std::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorKind::Corrupt, "tar: " + std::move(message));
}

Result<std::int64_t> decimal(const std::string& text, std::string_view what) {
  const Result<unsigned long long> number = parse_uint(text, what);
  if (!number ||
      *number > static_cast<unsigned long long>(std::numeric_limits<std::int64_t>::max())) {
    return corrupt(format("pax {} {} is no number", what, quoted(text)));
  }
  return static_cast<std::int64_t>(*number);
}

Result<std::string> name_of(const std::string& value, std::string_view what) {
  if (value.find('\0') != std::string::npos) return corrupt(format("pax {} holds a NUL", what));
  return value;
}

Result<void> apply_pax_record(TarEntry& entry, const std::string& key, const std::string& value) {
  // An empty value takes a record back (POSIX pax), except for an attribute.
  if (key.starts_with(kXattrPrefix)) {
    entry.xattrs.emplace_back(key.substr(kXattrPrefix.size()), value);
  } else if (value.empty()) {
    return {};
  } else if (key == "path") {
    entry.path = TRY(name_of(value, "path"));
  } else if (key == "linkpath") {
    entry.target = TRY(name_of(value, "linkpath"));
  } else if (key == "size") {
    entry.size = TRY(decimal(value, "size"));
  } else if (key == "uid") {
    entry.uid = static_cast<std::uint64_t>(TRY(decimal(value, "uid")));
  } else if (key == "gid") {
    entry.gid = static_cast<std::uint64_t>(TRY(decimal(value, "gid")));
  } else if (key == "mtime") {
    entry.mtime = TRY(parse_pax_time(value));
  }
  return {};
}

std::string_view refused_type(char type) {
  switch (type) {
    case 'D': return "a member of an incremental archive";
    case 'M': return "a part of a multi-volume archive";
    default: return {};
  }
}

bool is_ordinary(char type) { return (type >= '0' && type <= '7') || type == 'S'; }

std::unexpected<Error> refuse(const TarHeader& header) {
  const std::string_view what = refused_type(header.type);
  return fail(ErrorKind::Unsupported,
              format("tar: {} is {}, which is not supported",
                     quoted(header.entry.path),
                     what.empty() ? format("of type {}", quoted({&header.type, 1})) : what));
}

}  // namespace

struct TarReader::Overrides {
  std::string long_name, long_target;  // GNU
  PaxRecords pax;
};

// False at the end of the source; a part of a block is Corrupt.
Result<bool> TarReader::read_block() {
  block_.clear();
  while (block_.size() < kTarBlock) {
    const std::string_view part = TRY(source_.take(kTarBlock - block_.size()));
    if (part.empty()) break;
    block_ += part;
  }
  if (block_.empty()) return false;
  if (block_.size() < kTarBlock) return corrupt("the archive ends in the middle of a header");
  return true;
}

Result<void> TarReader::skip(std::int64_t bytes) {
  while (bytes > 0) {
    const std::string_view part = TRY(source_.take(static_cast<std::size_t>(bytes)));
    if (part.empty()) return corrupt("the archive ends in the middle of a member");
    bytes -= static_cast<std::int64_t>(part.size());
  }
  return {};
}

Result<std::string> TarReader::read_extension(std::int64_t size, std::string_view what) {
  if (size > kMaxExtension) return corrupt(format("{} of {} bytes is too long", what, size));
  std::string text;
  while (std::ssize(text) < size) {
    const std::string_view part = TRY(source_.take(static_cast<std::size_t>(size) - text.size()));
    if (part.empty()) return corrupt(format("the archive ends in the middle of {}", what));
    text += part;
  }
  TRY(skip(-size & (kTarBlock - 1)));
  return text;
}

// False at the end of the archive: two blocks of zeros, or the end of the source (some writers
// leave the zeros out).
Result<bool> TarReader::read_header() {
  if (!TRY(read_block())) return false;
  if (!is_zero_block(block_)) return true;
  if (!TRY(read_block()) || is_zero_block(block_)) return false;
  return corrupt("data follows a block of zeros");
}

// Takes a member that only describes the next one; false if it is a member of its own.
Result<bool> TarReader::extend(Overrides& overrides, char type, std::int64_t size) {
  const auto cut_at_nul = [](std::string text) {
    text.resize(std::min(text.size(), text.find('\0')));
    return text;
  };
  switch (type) {
    case 'x': overrides.pax = TRY(parse_pax(TRY(read_extension(size, "a pax header")))); break;
    // Global headers carry comments (git archive); nobody's layers depend on more.
    case 'g': TRY(parse_pax(TRY(read_extension(size, "a global pax header")))); break;
    case 'L': overrides.long_name = cut_at_nul(TRY(read_extension(size, "a long name"))); break;
    case 'K': overrides.long_target = cut_at_nul(TRY(read_extension(size, "a long name"))); break;
    case 'V': TRY(skip(size + (-size & (kTarBlock - 1)))); break;
    default: return false;
  }
  return true;
}

Result<std::vector<SparsePart>> TarReader::read_sparse_blocks() {
  SparseBlock block = TRY(parse_sparse_header(block_));
  std::vector<SparsePart> parts = std::move(block.parts);
  while (block.more) {
    if (!TRY(read_block())) return corrupt("the archive ends in the middle of a sparse map");
    block = TRY(parse_sparse_block(block_));
    parts.insert(parts.end(), block.parts.begin(), block.parts.end());
    if (parts.size() > (1U << 20)) return corrupt("a sparse map is too long");
  }
  return parts;
}

// The map is the beginning of the data, up to a whole block.
Result<std::vector<SparsePart>> TarReader::read_sparse_text(TarEntry& entry) {
  std::string text;
  std::size_t lines = 0;
  std::size_t wanted = 0;  // not known before the first line is there
  while (wanted == 0 || lines < wanted) {
    if (entry.size < static_cast<std::int64_t>(kTarBlock) || !TRY(read_block())) {
      return corrupt(format("the sparse map of {} does not end", quoted(entry.path)));
    }
    text += block_;
    entry.size -= static_cast<std::int64_t>(kTarBlock);
    lines += static_cast<std::size_t>(std::ranges::count(block_, '\n'));
    if (wanted == 0 && lines > 0) wanted = TRY(sparse_text_lines(cut(text, '\n').before));
    if (text.size() > kMaxSparseText) return corrupt("a sparse map is too long");
  }
  return parse_sparse_text(text);
}

Result<void> TarReader::read_sparse(const Overrides& overrides, TarEntry& entry, char type) {
  const auto record = [&overrides](const char* key) -> const std::string* {
    const auto found = overrides.pax.find(key);
    return found == overrides.pax.end() ? nullptr : &found->second;
  };
  SparseMap map;
  if (type == 'S') {
    map.real_size = TRY(sparse_real_size(block_));
    map.parts = TRY(read_sparse_blocks());
  } else if (const std::string* size = record("GNU.sparse.realsize"); size != nullptr) {
    map.real_size = TRY(decimal(*size, "real size"));
    map.parts = TRY(read_sparse_text(entry));
  } else if (size = record("GNU.sparse.size"); size != nullptr) {
    map.real_size = TRY(decimal(*size, "real size"));
    const std::string* list = record("GNU.sparse.map");
    map.parts = TRY(parse_sparse_list(list == nullptr ? "" : *list));
  } else {
    return {};
  }
  if (const std::string* name = record("GNU.sparse.name"); name != nullptr) {
    entry.path = TRY(name_of(*name, "GNU.sparse.name"));
  }
  entry.sparse = std::move(map);
  return check_sparse(entry);
}

Result<void> TarReader::apply(const Overrides& overrides, TarEntry& entry) {
  if (!overrides.long_name.empty()) entry.path = overrides.long_name;
  if (!overrides.long_target.empty()) entry.target = overrides.long_target;
  for (const auto& [key, value] : overrides.pax) TRY(apply_pax_record(entry, key, value));
  return {};
}

Result<std::optional<TarEntry>> TarReader::next() {
  TRY(skip(left_ + padding_));
  left_ = padding_ = 0;
  Overrides overrides;
  for (;;) {
    if (!TRY(read_header())) return std::nullopt;
    TarHeader header = TRY(parse_tar_header(block_));
    if (TRY(extend(overrides, header.type, header.entry.size))) continue;
    TarEntry& entry = header.entry;
    TRY(apply(overrides, entry));
    if (!is_ordinary(header.type)) return refuse(header);
    // Before ustar a directory was a file whose name ends with a slash.
    if (entry.type == TarType::Regular && entry.size == 0 && entry.path.ends_with('/')) {
      entry.type = TarType::Directory;
    }
    // Some writers give links and directories a size, but no data follows.
    if (entry.type != TarType::Regular) entry.size = 0;
    if (entry.type == TarType::Regular) TRY(read_sparse(overrides, entry, header.type));
    left_ = entry.size;
    padding_ = -entry.size & (kTarBlock - 1);
    if (left_ > std::numeric_limits<std::int64_t>::max() - padding_)
      return corrupt("size overflow");
    return std::move(entry);
  }
}

Result<std::string_view> TarReader::take_data() {
  if (left_ == 0) return std::string_view();
  const std::string_view part = TRY(source_.take(static_cast<std::size_t>(left_)));
  if (part.empty()) return corrupt("the archive ends in the middle of a member");
  left_ -= static_cast<std::int64_t>(part.size());
  return part;
}

}  // namespace isle::image
