// isle pause, isle unpause.

#include "cli/command.h"
#include "cli/each.h"
#include "cli/flags.h"
#include "engine/containers.h"

namespace isle::cli {
namespace {

struct PauseRequest {
  bool all = false;
};

constexpr CommandFlag<PauseRequest> kPauseFlags[] = {
    {{"all",
      'a',
      options::Arity::Switch,
      nullptr,
      "All that run and are not paused",
      options::Section::General},
     take_switch<PauseRequest, &PauseRequest::all>},
};
constexpr CommandFlag<PauseRequest> kUnpauseFlags[] = {
    {{"all",
      'a',
      options::Arity::Switch,
      nullptr,
      "All that are paused",
      options::Section::General},
     take_switch<PauseRequest, &PauseRequest::all>},
};

struct Doing {
  Each each;
  runtime::Status from;  // what --all looks for
  Result<void> (*act)(const engine::Paths& paths, std::string_view name);
};

int do_to_all(const Doing& doing, const std::vector<std::string_view>& given) {
  const auto none = check_operands(std::string(doing.each.command) + " --all", given, 0, 0, "");
  if (!none) return complain(none.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto names = names_of_all(
      *paths, [&doing](const engine::Listed& listed) { return listed.status == doing.from; });
  if (!names) return complain(names.error());
  if (names->empty()) return 0;
  return each_container(doing.each, {names->begin(), names->end()}, doing.act);
}

int run(const CommandFlag<PauseRequest> (&flags)[1], const Doing& doing, Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command(doing.each.command), flags_of(flags));
  }
  PauseRequest request;
  const auto names = take_flags(flags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  return request.all ? do_to_all(doing, *names) : each_container(doing.each, *names, doing.act);
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
