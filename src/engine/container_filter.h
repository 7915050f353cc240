#pragma once
// Which containers a --filter leaves, by docker's and podman's keys: id, name, label, status,
// exited, ancestor, before, since, until, volume, network, health, publish, expose, command,
// restart-policy and should-start-on-boot. Values of one key are alternatives, but labels all have
// to be there; keys are conditions (docker's rules).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/containers.h"
#include "engine/paths.h"

namespace isle::engine {

struct ContainerFilter {
  std::string key, value;  // "status" "exited"; "label" "a=b"
};
// InvalidArgument or Unsupported: there is no such filter, or its value cannot be.
Result<ContainerFilter> parse_container_filter(std::string_view text);

// A filter asks for containers that have ended: they are looked at without --all, too.
bool asks_for_stopped(const std::vector<ContainerFilter>& filters);

// Leaves those that fit. `listed` are all there are, newest first; NotFound: --filter before or
// since names a container that is not among them.
Result<void> filter_containers(const Paths& paths,
                               const std::vector<ContainerFilter>& filters,
                               std::int64_t now_ns,
                               ListedOnes& listed);

}  // namespace isle::engine
