#pragma once
// Questions to the person at the terminal.

#include <string>
#include <string_view>

#include "base/error.h"

namespace isle::cli {

// A line from standard input, the question on standard error. InvalidArgument with `hint` if
// standard input is no terminal, or at its end.
Result<std::string> ask_line(std::string_view question, const char* hint);
// The same, and what is typed is not shown.
Result<std::string> ask_secret(std::string_view question, const char* hint);

// Before something is removed, such as "all volumes that no container uses": whether the user says
// yes.
Result<bool> ask_whether_to_remove(const std::string& what);

}  // namespace isle::cli
