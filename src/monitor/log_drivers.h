#pragma once
// The drivers, one function each; log_drivers.cc picks.

#include <memory>
#include <string>

#include "monitor/log.h"
#include "monitor/log_file.h"

namespace isle::monitor {

std::unique_ptr<LogDriver> make_json_file_log(LogFile file, const oci::StringMap& attributes);
std::unique_ptr<LogDriver> make_k8s_file_log(LogFile file);
// NotFound or Unavailable: there is no journal here.
Result<std::unique_ptr<LogDriver>> make_journald_log(const record::Container& container,
                                                     const std::string& tag,
                                                     const oci::StringMap& attributes);

}  // namespace isle::monitor
