// isle attach.
#include "engine/attach.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct AttachRequest : engine::AttachOptions {
  bool latest = false;
};

constexpr CommandFlag<AttachRequest> kFlags[] = {
    {{"detach-keys",
      0,
      Arity::Value,
      "KEYS",
      "Keys that leave the container running (default: ctrl-p,ctrl-q)",
      Section::General},
     [](AttachRequest& request, std::string_view value) -> Result<void> {
       request.detach_keys = value;
       return {};
     }},
    {{"no-stdin", 0, Arity::Switch, nullptr, "Do not pass standard input on", Section::General},
     [](AttachRequest& request, std::string_view value) -> Result<void> {
       request.input = value != "true";
       return {};
     }},
    {{"sig-proxy", 0, Arity::Switch, nullptr, "Pass signals on (default: true)", Section::General},
     [](AttachRequest& request, std::string_view value) -> Result<void> {
       request.signals = value == "true";
       return {};
     }},
    kLatestFlag<AttachRequest>,
};

}  // namespace

int attach_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("attach"), flags_of(kFlags));
  AttachRequest request;
  auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!names) return complain(names.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  std::vector<std::string> latest;
  const auto put = put_latest(*paths, request.latest, latest, *names);
  if (!put) return complain(put.error());
  const auto one = check_operands("attach", *names, 1, 1, "container");
  if (!one) return complain(one.error());
  auto end = engine::attach(*paths, names->front(), request, {.warn = warn, .explain = {}});
  if (end) return end->status;
  return complain(std::move(end.error().error).within(format("attach {}", quoted(names->front()))),
                  end.error().status == kExitEngine ? 1 : end.error().status);
}

}  // namespace isle::cli
