#pragma once
// What most flags of commands do: set a member of the request.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/command.h"
#include "cli/output/rows.h"
#include "options/command_line.h"

namespace isle::cli {

template <typename Request, bool Request::* Member>
Result<void> take_switch(Request& request, std::string_view value) {
  request.*Member = value == "true";
  return {};
}

template <typename Request, std::string Request::* Member>
Result<void> take_text(Request& request, std::string_view value) {
  request.*Member = std::string(value);
  return {};
}

template <typename Request, std::vector<std::string> Request::* Member>
Result<void> take_each(Request& request, std::string_view value) {
  (request.*Member).emplace_back(value);
  return {};
}

template <typename Request, Format Request::* Member>
Result<void> take_format(Request& request, std::string_view value) {
  request.*Member = TRY(Format::parse(value));
  return {};
}

template <typename Request, std::size_t Count>
std::vector<options::Flag> flags_of(const CommandFlag<Request> (&rows)[Count]) {
  std::vector<options::Flag> flags;
  for (const auto& row : rows) flags.push_back(row.flag);
  return flags;
}

// How many operands a command takes; InvalidArgument names the one too many, or what is missing.
inline Result<void> check_operands(std::string_view command,
                                   const std::vector<std::string_view>& operands,
                                   std::size_t least,
                                   std::size_t most,
                                   std::string_view what) {
  if (operands.size() >= least && operands.size() <= most) return {};
  if (operands.size() < least) {
    return fail(ErrorKind::InvalidArgument,
                std::string(command) + ": no " + std::string(what) + " is named",
                "isle " + std::string(command) + " --help shows how");
  }
  return fail(ErrorKind::InvalidArgument,
              std::string(command) + ": \"" + std::string(operands[most]) + "\" is too much",
              "isle " + std::string(command) + " --help shows how");
}

}  // namespace isle::cli
