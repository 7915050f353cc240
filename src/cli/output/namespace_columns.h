#pragma once
// `isle ps --ns`: in which namespaces a container's first process is, by the kernel's numbers.
// Equal numbers are one namespace.

#include <span>

#include "base/json.h"
#include "cli/output/rows.h"
#include "engine/containers.h"

namespace isle::cli {

// podman's names for them.
std::span<const Field> namespace_fields();
// Empty where it does not run.
void add_namespaces(const engine::Listed& listed, json::Value& row);

}  // namespace isle::cli
