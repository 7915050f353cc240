#pragma once
// Why: every command's flags are rows of a table, so that parsing, help and complaints are written
// once. The grammar is the one docker and podman users have in their fingers (pflag's):
// "--name value", "--name=value", "-n value", "-nvalue", "-n=value", "-it", "--" ends the flags.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace isle::options {

enum class Arity : unsigned char {
  Switch,    // alone, or "=true" / "=false"
  Value,     // needs a value
  Optional,  // a value only behind "="
};

enum class Section : unsigned char {
  General,
  Process,
  Namespaces,
  Network,
  Files,
  Limits,
  Security,
};
std::string_view section_title(Section section);

struct Flag {
  const char* name;  // "memory"
  char letter;       // 'm', or 0
  Arity arity;
  const char* metavar;  // "BYTES"; null for a switch
  const char* help;     // one sentence without full stop; null hides the flag
  Section section;
};

struct GivenFlag {
  std::size_t index = 0;   // in the table
  std::string_view value;  // "true" or "false" of a switch; "" of an Optional without one
};

struct CommandLine {
  std::vector<GivenFlag> flags;  // in the order given
  std::vector<std::string_view> operands;
};

enum class Operands : unsigned char {
  Mixed,      // flags may follow operands
  EndsFlags,  // the first operand ends the flags: what follows belongs to the command
};

// Errors InvalidArgument: an unknown flag (with the nearest known one as hint), a missing or
// needless value. Texts point into `arguments`.
Result<CommandLine> parse_command_line(std::span<const Flag> table,
                                       std::span<const char* const> arguments,
                                       Operands operands);

// The flags by section, one or more lines each, at most `width` columns.
std::string flags_help(std::span<const Flag> table, unsigned width);

// "true", "1", "false", "0" ...: what Go's strconv.ParseBool takes.
Result<bool> parse_bool(std::string_view text, std::string_view flag);

// Number of single-character edits between two words.
unsigned edit_distance(std::string_view a, std::string_view b);
// The candidate nearest to `word` if it is near enough to be meant, else "".
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace isle::options
