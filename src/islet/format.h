#pragma once
// The option --format of list and ps.

#include "islet/arguments.h"

namespace isle::islet {

enum class Format : std::uint8_t { Table, Json };

inline constexpr Option kFormatOption{
    .name = "format", .letter = 'f', .value = "table|json", .help = "how to print (table)"};

inline Result<Format> read_format(const Arguments& arguments) {
  const std::string name = arguments.text("format").value_or("table");
  if (name == "table") return Format::Table;
  if (name == "json") return Format::Json;
  return fail(ErrorKind::InvalidArgument, "--format \"" + name + "\" is none", "table or json");
}

}  // namespace isle::islet
