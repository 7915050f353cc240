#pragma once
// Events of containers, with what filters ask for.

#include <string_view>

#include "engine/paths.h"
#include "record/container.h"

namespace isle::engine {

void note(const Paths& paths,
          const record::Container& container,
          std::string_view action,
          oci::StringMap more = {});

}  // namespace isle::engine
