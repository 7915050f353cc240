// isle cp.
#include <unistd.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/copy.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct CopyRequest : engine::CopyRequest {
  bool quiet = false;
};

constexpr CommandFlag<CopyRequest> kFlags[] = {
    {{"archive",
      'a',
      Arity::Switch,
      nullptr,
      "Keep owners, set-id bits and devices; else all belongs to root inside, or to you outside",
      Section::General},
     [](CopyRequest& request, std::string_view value) -> Result<void> {
       request.archive = value == "true";
       return {};
     }},
    {{"follow-link",
      'L',
      Arity::Switch,
      nullptr,
      "Copy what a link means, if the source is one",
      Section::General},
     [](CopyRequest& request, std::string_view value) -> Result<void> {
       request.follow = value == "true";
       return {};
     }},
    {{"quiet", 'q', Arity::Switch, nullptr, "Without warnings", Section::General},
     take_switch<CopyRequest, &CopyRequest::quiet>},
};

// CONTAINER:PATH; a path with a slash or dot in front is never a container's.
Cut place_inside(std::string_view text) {
  if (text.starts_with('/') || text.starts_with('.')) return {text, {}, false};
  return cut(text, ':');
}

Result<CopyRequest> parse(Arguments arguments) {
  CopyRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("cp", operands, 2, 2, "source and no target"));
  const Cut from = place_inside(operands[0]);
  const Cut to = place_inside(operands[1]);
  if (from.found == to.found) {
    return fail(from.found ? ErrorKind::Unsupported : ErrorKind::InvalidArgument,
                from.found ? "cp: both places are in containers" : "cp: no place is in a container",
                from.found ? "isle cp ONE:PATH - | isle cp - OTHER:PATH"
                           : "a container's place is CONTAINER:PATH; ./a:b is a file");
  }
  request.into_container = to.found;
  request.container = from.found ? from.before : to.before;
  request.inside = from.found ? from.after : to.after;
  request.outside = from.found ? operands[1] : operands[0];
  if (request.inside.empty()) {
    return fail(ErrorKind::InvalidArgument, "cp: the path in the container is empty");
  }
  if (!request.inside.starts_with('/')) request.inside.insert(0, "/");
  if (!request.into_container && request.outside == "-" && isatty(STDOUT_FILENO) == 1) {
    return fail(ErrorKind::InvalidArgument,
                "cp: an archive is not for a terminal",
                "send it to a file or another program: isle cp NAME:PATH - | tar t");
  }
  return request;
}

Result<void> copy(Arguments arguments) {
  const CopyRequest request = TRY(parse(arguments));
  for (const std::string& line : TRY(engine::copy(TRY(engine::Paths::open()), request))) {
    if (!request.quiet) warn(line);
  }
  return {};
}

}  // namespace

int cp_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("cp"), flags_of(kFlags));
  const Result<void> copied = copy(arguments);
  return copied ? 0 : complain(Error(copied.error()).within("cp"), 1);
}

}  // namespace isle::cli
