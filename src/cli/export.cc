// isle export: a container's root file system as a tar archive.
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/output_file.h"
#include "engine/commit.h"
#include "engine/paths.h"

namespace isle::cli {
namespace {

struct ExportRequest {
  std::string output;
};

constexpr CommandFlag<ExportRequest> kFlags[] = {
    {{"output",
      'o',
      options::Arity::Value,
      "FILE",
      "Instead of standard output",
      options::Section::General},
     take_text<ExportRequest, &ExportRequest::output>},
};

Result<void> write_root(Arguments arguments) {
  ExportRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("export", operands, 1, 1, "container"));
  const engine::Paths paths = TRY(engine::Paths::open());
  return write_output(request.output, [&](int output) {
    return engine::export_container(paths, operands[0], output);
  });
}

}  // namespace

int export_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("export"), flags_of(kFlags));
  const auto written = write_root(arguments);
  return written ? 0 : complain(Error(written.error()).within("export"));
}

}  // namespace isle::cli
