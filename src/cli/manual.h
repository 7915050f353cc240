#pragma once
// Why: a manual page that is written by hand misses a flag sooner or later. The part on options is
// made of the commands' own tables when isle is built; prose stays prose, and a flag of which there
// is more to say than one sentence has its text in a file beside the page.

#include <string>
#include <string_view>

#include "base/error.h"

namespace isle::cli {

// `page` with the options in the place of its line "@OPTIONS@". `texts` has paragraphs of roff,
// each behind a line "@COMMAND --FLAG". InvalidArgument: no such line, or a text for what is not
// there.
Result<std::string> manual_page(std::string_view page, std::string_view texts);

}  // namespace isle::cli
