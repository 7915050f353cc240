#pragma once
// Commands that do one thing to each container named.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/containers.h"
#include "engine/paths.h"

namespace isle::cli {

struct Each {
  const char* command;  // "pause"
  const char* hint;     // when none is named
};

// Does it to each and prints its name; one that fails is told, and the others are done all the
// same. The exit status.
int each_container(const Each& each,
                   const std::vector<std::string_view>& names,
                   const std::function<Result<void>(const engine::Paths&, std::string_view)>& act);

// The names of those that `wanted` picks, for --all.
Result<std::vector<std::string>> names_of_all(
    const engine::Paths& paths, const std::function<bool(const engine::Listed&)>& wanted);

}  // namespace isle::cli
