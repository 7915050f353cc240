#pragma once
// Commands that do one thing to each container named.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/selection.h"
#include "engine/containers.h"
#include "engine/paths.h"

namespace isle::cli {

struct Each {
  const char* command;  // "pause"
  const char* hint;     // when none is named
};

using Act = std::function<Result<void>(const engine::Paths&, std::string_view)>;

// Does it to each and prints its name; one that fails is told, and the others are done all the
// same. The exit status.
int each_container(const Each& each, const std::vector<std::string_view>& names, const Act& act);

// The same for those that are selected; with --ignore one that is not there is no error.
int each_selected(const Each& each,
                  const Selection& selection,
                  const std::vector<std::string_view>& named,
                  const Eligible& eligible,
                  const Act& act);

}  // namespace isle::cli
