#pragma once
// isle.conf: flags that a command gets when they are not typed. A section is a command, its keys
// are the long names of that command's flags, so there is nothing to learn beside --help:
//
//   [run]
//   log-opt = ["max-size=10m", "max-file=3"]
//   pids-limit = 500
//   [environment]
//   ISLE_STORAGE_DRIVER = "vfs"
//
// Read are /etc/isle/isle.conf, then ~/.config/isle/isle.conf (or $XDG_CONFIG_HOME/isle/isle.conf),
// whose sections win key by key; or ISLE_CONFIG alone.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/command.h"

namespace isle::cli {

struct ConfiguredFlag {
  std::string section, key;
  std::vector<std::string> values;  // of a list several
  std::string place;                // "\"/etc/isle/isle.conf\", line 3"
};

// TOML 1.0. InvalidArgument names file and line: another form, or a value that no flag can have.
Result<std::vector<ConfiguredFlag>> parse_config(std::string_view text, const std::string& file);

// Those of all files. InvalidArgument: there is no such command, or no such flag of it.
Result<std::vector<ConfiguredFlag>> read_config();

// Runs it with what is typed, and before that what is configured for it and was not typed.
int run_configured(const Command& command, Arguments arguments);

}  // namespace isle::cli
