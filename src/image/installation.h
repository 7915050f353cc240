#pragma once
// Helper programs and the images that come with isle are found from where the running program
// lies, so that build/bin/isle and an installed one both work.

#include <string_view>

#include "base/error.h"
#include "base/types.h"

namespace isle::image {

// "isle-unpack" beside this program, or in ../bin. NotFound says where it was looked for.
Result<HostPath> helper_program(std::string_view name);
// ../share/isle.
Result<HostPath> share_directory();

}  // namespace isle::image
