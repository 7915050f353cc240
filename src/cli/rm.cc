// isle rm.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/containers.h"

namespace isle::cli {
namespace {

using engine::RemoveWish;

constexpr CommandFlag<RemoveWish> kFlags[] = {
    {{"force",
      'f',
      options::Arity::Switch,
      nullptr,
      "Kill those that run; one that is not there is no error",
      options::Section::General},
     take_switch<RemoveWish, &RemoveWish::force>},
    {{"volumes",
      'v',
      options::Arity::Switch,
      nullptr,
      "Also the volumes without a name that were made for them",
      options::Section::General},
     take_switch<RemoveWish, &RemoveWish::volumes>},
};

int remove_all(const engine::Paths& paths,
               const RemoveWish& request,
               const std::vector<std::string_view>& names) {
  int status = 0;
  for (std::string_view name : names) {
    const auto removed = engine::remove_container(paths, name, request);
    if (removed) {
      print(format("{}\n", name));
    } else if (!request.force || removed.error().kind != ErrorKind::NotFound) {
      status = complain(Error(removed.error()).within(format("rm {}", quoted(name))), 1);
    }
  }
  return status;
}

}  // namespace

int rm_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("rm"), flags_of(kFlags));
  RemoveWish request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  if (names->empty()) return complain_of_none("rm", "isle ps -a lists them");
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  return remove_all(*paths, request, *names);
}

}  // namespace isle::cli
