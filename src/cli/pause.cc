// isle pause, isle unpause.

#include "cli/command.h"
#include "cli/each.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "engine/containers.h"

namespace isle::cli {
namespace {

constexpr CommandFlag<Selection> kPauseFlags[] = {
    all_flag<Selection>("All that run and are not paused"),
    kLatestFlag<Selection>,
    kCidFileFlag<Selection>,
    filter_flag<Selection>('f'),
};
constexpr CommandFlag<Selection> kUnpauseFlags[] = {
    all_flag<Selection>("All that are paused"),
    kLatestFlag<Selection>,
    kCidFileFlag<Selection>,
    filter_flag<Selection>('f'),
};

struct Doing {
  Each each;
  runtime::Status from;  // what --all looks for
  Result<void> (*act)(const engine::Paths& paths, std::string_view name);
};

template <std::size_t Count>
int run(const CommandFlag<Selection> (&flags)[Count], const Doing& doing, Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command(doing.each.command), flags_of(flags));
  }
  Selection request;
  const auto names = take_flags(flags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  return each_selected(
      doing.each,
      request,
      *names,
      [&doing](const engine::Listed& listed) { return listed.status == doing.from; },
      doing.act);
}

}  // namespace

int pause_command(Arguments arguments) {
  return run(kPauseFlags,
             {.each = {.command = "pause", .hint = "isle ps lists those that run"},
              .from = runtime::Status::Running,
              .act = engine::pause_container},
             arguments);
}

int unpause_command(Arguments arguments) {
  return run(kUnpauseFlags,
             {.each = {.command = "unpause", .hint = "isle ps lists those that are paused"},
              .from = runtime::Status::Paused,
              .act = engine::unpause_container},
             arguments);
}

}  // namespace isle::cli
