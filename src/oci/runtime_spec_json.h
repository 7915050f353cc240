#pragma once
// config.json <-> oci::Spec. Reading is strict about what the specification defines (types,
// ranges, enumerated texts, required members) and names the JSON path of what is wrong; members
// the specification does not define must not be an error (config.md, "Extensibility"), so their
// paths come back beside the spec for the caller to log.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "oci/runtime_spec.h"

namespace isle::oci {

struct ReadSpec {
  Spec spec;
  std::vector<std::string> unknown;  // JSON paths
};

// Corrupt: not JSON. InvalidArgument: not a config.json. Unsupported: for another platform, or
// of another major version.
Result<ReadSpec> read_spec(std::string_view text);
json::Value write_spec(const Spec& spec);

// The "process" object alone, as `exec --process` takes it.
Result<Process> read_process(std::string_view text);
json::Value write_process(const Process& process);

// The "resources" object alone, as `update --resources` takes it.
Result<Resources> read_resources(std::string_view text);
json::Value write_resources(const Resources& resources);

// A seccomp profile in the specification's own form ("linux.seccomp").
Result<Seccomp> read_seccomp(std::string_view text);

}  // namespace isle::oci
