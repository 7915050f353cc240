#pragma once
// The drivers, one function each; log_drivers.cc picks.

#include <memory>

#include "monitor/log.h"
#include "monitor/log_file.h"

namespace isle::monitor {

std::unique_ptr<LogDriver> make_json_file_log(LogFile file, const oci::StringMap& attributes);
std::unique_ptr<LogDriver> make_k8s_file_log(LogFile file);

}  // namespace isle::monitor
