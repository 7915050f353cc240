#pragma once
// The process that exec starts: the container's own with what the options change, or a document.

#include <span>

#include "base/error.h"
#include "islet/arguments.h"
#include "oci/runtime_spec.h"
#include "runtime/state/create.h"

namespace isle::islet {

// UID[:GID] in decimal digits and nothing else: whatever a looser reading takes for a number might
// be read as 0.
Result<void> set_user(oci::User& user, std::string_view text);

// `base` is the container's process; words are ID CMD...
Result<oci::Process> read_exec_process(const oci::Process& base, const Arguments& arguments);

// [CONTROLLER[,CONTROLLER...]:]PATH, each; one without controllers stands alone.
Result<std::vector<runtime::SubGroup>> read_sub_groups(const std::vector<std::string>& texts);

}  // namespace isle::islet
