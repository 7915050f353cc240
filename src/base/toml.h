#pragma once
// Why: toml++ (3.3.0) has to be kept from two things that a fuzzer found. One of its assertions is
// wrong about what a table's head may begin with ("[+"), where the code behind it has the proper
// refusal, so they are switched off (with NDEBUG the compiler would be told to believe them); and
// its tables of letters beyond ASCII run into "unreachable" code, so that read_toml reads them as
// "?". The only way to it.

#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <string>
#include <string_view>

#include <toml++/toml.h>

#include "base/error.h"

namespace isle {

// TOML 1.0, with every letter beyond ASCII as "?". InvalidArgument names the file, `name`, and the
// line; toml++'s exceptions end here.
Result<toml::table> read_toml(std::string_view text, const std::string& name);
bool is_beyond_ascii(char letter);

}  // namespace isle
