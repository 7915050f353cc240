#pragma once
// Where save and export write: a file that is whole or as it was, a pipe, or standard output unless
// somebody sits there.

#include <functional>
#include <string>

#include "base/error.h"

namespace isle::cli {

// `path` empty or "-": standard output.
Result<void> write_output(const std::string& path, const std::function<Result<void>(int)>& write);

}  // namespace isle::cli
