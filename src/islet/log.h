#pragma once
// What islet has to say besides its output: errors always to standard error, and all of it to the
// file of --log, where runc's callers look for the last line of level "error". Formats are
// runc's: {"level":"error","msg":"...","time":"..."} or time="..." level=error msg="...".

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/types.h"

namespace isle::islet {

enum class Level : std::uint8_t { Error, Warning, Info, Debug };

class Log {
 public:
  HostPath file;  // empty: standard error
  bool json = false;
  Level level = Level::Info;

  bool wants(Level asked) const { return asked <= level; }
  void write(Level level, std::string_view text) const;
  void error(const Error& error) const;
};

// "error", "warning", "info", "debug", and the names runc and crun have for the same.
Result<Level> parse_level(std::string_view text);

}  // namespace isle::islet
