#pragma once
// The mark of a container that somebody has stopped: what its restart policy would start again
// stays down then, also after a reboot (unless-stopped). A file, ROOT/containers/ID/held.

#include <string_view>

#include "engine/paths.h"

namespace isle::engine {

Result<void> hold_down(const Paths& paths, std::string_view id);
void let_go(const Paths& paths, std::string_view id);

}  // namespace isle::engine
