#pragma once
// What --log-opt tag, labels and env add to every entry of a log.

#include <string>

#include "base/error.h"
#include "record/container.h"

namespace isle::monitor {

// A text with {{.Name}}, {{.ID}}, {{.FullID}}, {{.ImageName}} and {{.ImageID}} in it; {{.ID}} when
// nothing was said. InvalidArgument names what else stands in braces.
Result<std::string> log_tag(const record::Container& container);

// The labels (--log-opt labels=a,b) and variables (env=A,B) that it has, and the tag if it was
// asked for: docker's "attrs".
Result<oci::StringMap> log_attributes(const record::Container& container);

}  // namespace isle::monitor
