#pragma once
// One line of a log as the drivers json-file and k8s-file write it. Containers cannot write there,
// but a crash or somebody's editor can leave anything.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "oci/runtime_spec.h"

namespace isle::engine {

struct LogLine {
  int stream = 1;    // 1 or 2
  std::string text;  // with its newline, if it had one
  std::int64_t time_ns = 0;
  oci::StringMap attributes;  // json-file alone
};

// Corrupt: it is none.
Result<LogLine> parse_json_file_line(std::string_view line);
Result<LogLine> parse_k8s_file_line(std::string_view line);

}  // namespace isle::engine
