// isle ns map.
#include <ctime>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/ns.h"
#include "kernel/fd.h"
#include "toolbox/discover.h"
#include "toolbox/map.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct MapRequest {
  std::string output;
  unsigned watch = 0;  // seconds
};

Result<void> take_watch(MapRequest& request, std::string_view value) {
  request.watch = 2;
  if (value.empty()) return {};
  const auto seconds = TRY(parse_uint(value, "--watch"));
  if (seconds == 0 || seconds > 86400) {
    return fail(ErrorKind::InvalidArgument,
                format("--watch cannot be {}", quoted(value)),
                "it is a number of seconds");
  }
  request.watch = static_cast<unsigned>(seconds);
  return {};
}

constexpr CommandFlag<MapRequest> kFlags[] = {
    {{"output",
      'o',
      Arity::Value,
      "FILE",
      "Write the page there, not to standard output",
      Section::General},
     take_text<MapRequest, &MapRequest::output>},
    {{"watch",
      0,
      Arity::Optional,
      "SECONDS",
      "Draw it again every SECONDS (2), until interrupted",
      Section::General},
     take_watch},
};

Result<void> draw_once(const MapRequest& request) {
  const toolbox::Inventory inventory = TRY(toolbox::discover({}));
  const std::string page = toolbox::map_page(inventory, container_names(), request.watch);
  if (request.output.empty()) return kernel::write_all(1, page);
  // Whole or as it was: a browser may read it at any time.
  return kernel::replace_file(HostPath(request.output), page, 0644, false);
}

Result<void> draw(Arguments arguments) {
  MapRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("ns map", operands, 0, 0, ""));
  if (request.watch != 0 && request.output.empty()) {
    return fail(
        ErrorKind::InvalidArgument, "--watch needs a file to write again", "add --output FILE");
  }
  TRY_STEP(draw_once(request), "ns map");
  while (request.watch != 0) {
    const timespec pause{.tv_sec = request.watch, .tv_nsec = 0};
    nanosleep(&pause, nullptr);
    TRY_STEP(draw_once(request), "ns map");
  }
  return {};
}

}  // namespace

int ns_map_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("ns map"), flags_of(kFlags));
  const auto drawn = draw(arguments);
  return drawn ? 0 : complain(drawn.error());
}

}  // namespace isle::cli
