#pragma once
// The options in front of the verb.

#include "islet/verb.h"

namespace isle::islet {

std::span<const Option> global_options();
Result<Globals> read_globals(const Arguments& arguments);

}  // namespace isle::islet
