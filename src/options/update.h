#pragma once
// The limits among the options that can be changed while a container runs, and its restart policy,
// read and applied by the same rows as for a new one.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "options/command_line.h"
#include "options/spec_builder.h"
#include "record/container.h"

namespace isle::options {

struct UpdateRequest {
  record::Resources change;  // what the flags say; the rest is absent
  std::optional<record::RestartPolicy> restart;
  bool changes = false;  // a flag was given
  std::vector<std::string> containers;
};

std::vector<Flag> update_flags();
Result<UpdateRequest> parse_update(std::span<const char* const> arguments);

// What these limits are in the OCI specification.
Result<void> apply_limits(SpecBuilder& builder, const record::Container& container);

}  // namespace isle::options
