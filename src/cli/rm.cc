// isle rm.
#include "base/strings.h"
#include "cli/command.h"
#include "engine/containers.h"

namespace isle::cli {
namespace {

struct RmRequest {
  bool force = false;
};

constexpr CommandFlag<RmRequest> kFlags[] = {
    {{"force",
      'f',
      options::Arity::Switch,
      nullptr,
      "Kill those that run; one that is not there is no error",
      options::Section::General},
     [](RmRequest& request, std::string_view value) -> Result<void> {
       request.force = value == "true";
       return {};
     }},
};

int remove_all(const engine::Paths& paths,
               const RmRequest& request,
               const std::vector<std::string_view>& names) {
  int status = 0;
  for (std::string_view name : names) {
    const auto removed = engine::remove_container(paths, name, request.force);
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
  if (wants_help(arguments)) return print_command_help(*find_command("rm"), {kFlags[0].flag});
  RmRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  if (names->empty()) return complain_of_none("rm", "isle ps -a lists them");
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  return remove_all(*paths, request, *names);
}

}  // namespace isle::cli
