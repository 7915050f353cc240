#pragma once
// The fixed 512 bytes of a tar header taken apart, and the records of pax.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <time.h>

#include "base/error.h"
#include "image/layer/tar_entry.h"

namespace isle::image {

inline constexpr std::size_t kTarBlock = 512;

struct TarHeader {
  char type = '0';
  TarEntry entry;  // without overrides; type is set for the seven ordinary ones
};

bool is_zero_block(std::string_view block);
// Checks the sum; `block` is 512 bytes.
Result<TarHeader> parse_tar_header(std::string_view block);

// A numeric field: octal text or, with the high bit set, base 256. `what` names it in errors.
Result<std::int64_t> parse_tar_number(std::string_view field, std::string_view what);

using PaxRecords = std::map<std::string, std::string>;
// "LENGTH KEY=VALUE\n"...; a later record replaces an earlier one of its key.
Result<PaxRecords> parse_pax(std::string_view text);
// "123.000000456", also negative.
Result<timespec> parse_pax_time(std::string_view text);

}  // namespace isle::image
