#pragma once
// What --preserve-fds of `run` and `exec` share.

#include <string_view>

#include "base/error.h"

namespace isle::options {

// How many descriptors go on to the command, from 3 upwards. InvalidArgument: one of them is not
// open. To be called before anything of ours is, which could stand in the place of one.
Result<unsigned> parse_preserve_fds(std::string_view value);

}  // namespace isle::options
