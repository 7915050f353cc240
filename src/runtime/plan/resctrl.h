#pragma once
// What a line of linux.intelRdt may be, for create and update alike.

#include <string>
#include <string_view>

#include "base/error.h"

namespace isle::runtime::plan {

// `path` is what the error begins with, a JSON path or a flag. Whether the processor has it the
// kernel says.
Result<void> check_schema(const std::string& path,
                          const std::string& line,
                          std::string_view prefix);

}  // namespace isle::runtime::plan
