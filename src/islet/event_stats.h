#pragma once
// What "events" tells of a container's use of the machine, in the shape of runc's types/events.go,
// which containerd's and other callers' decoders know. Values are the control group's own; what
// is zero or unknown is left out where runc leaves it out.

#include "base/error.h"
#include "base/json.h"
#include "kernel/cgroup/group.h"

namespace isle::islet {

Result<json::Value> stats_json(const kernel::cgroup::Group& group);

// {"some": {"avg10": ...}, "full": {...}} of a pressure file (PSI, accounting/psi.rst); null if
// `text` holds none. Pure.
json::Value pressure_json(std::string_view text);
// "0-2,7" -> [0, 1, 2, 7]. Pure.
json::Array list_json(std::string_view list);

}  // namespace isle::islet
