#pragma once
// One message of the report protocol (runtime/report.h) with the descriptor that came along.

#include <optional>

#include "base/error.h"
#include "kernel/fd.h"
#include "runtime/report.h"

namespace isle::runtime::launch {

struct Message {
  Report report;
  kernel::UniqueFd fd;
};

// Waits; nullopt at the end of file.
Result<std::optional<Message>> receive_message(int socket);

}  // namespace isle::runtime::launch
