// isle pull.
#include <cstdio>
#include <functional>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/pull_progress.h"
#include "cli/registry_flags.h"
#include "engine/paths.h"
#include "image/platform_choice.h"
#include "image/pull.h"
#include "image/pull_named.h"
#include "image/short_names.h"

namespace isle::cli {
namespace {

struct PullCommand {
  image::FetchOptions fetch;
  std::optional<oci::Platform> platform;
  bool quiet = false;
};

constexpr CommandFlag<PullCommand> kFlags[] = {
    {{"quiet",
      'q',
      options::Arity::Switch,
      nullptr,
      "Print the image's id and nothing else",
      options::Section::General},
     take_switch<PullCommand, &PullCommand::quiet>},
    {{"platform",
      0,
      options::Arity::Value,
      "OS/ARCH[/VARIANT]",
      "Of an image for several platforms the one for this, not for this machine's",
      options::Section::General},
     [](PullCommand& command, std::string_view value) -> Result<void> {
       command.platform = TRY_STEP(image::parse_platform(value), "--platform");
       return {};
     }},
    kAuthfileFlag<PullCommand>,
    kCertDirFlag<PullCommand>,
    kCredsFlag<PullCommand>,
    kTlsVerifyFlag<PullCommand>,
    kRetryFlag<PullCommand>,
    kRetryDelayFlag<PullCommand>,
};

void tell(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

Result<void> pull_one(const engine::Paths& paths,
                      const PullCommand& command,
                      std::string_view text) {
  const image::Candidates candidates = TRY(image::find_candidates(text));
  PullProgress progress = progress_on_stderr();
  image::PullRequest request{.fetch = command.fetch, .platform = command.platform, .progress = {}};
  std::function<void(const image::Reference&)> begins;
  if (!command.quiet) {
    begins = [](const image::Reference& reference) {
      tell(format("pulling {}\n", reference.str()));
    };
    request.progress = [&progress](const image::LayerProgress& layer) {
      show_on_stderr(progress, layer);
    };
  }
  const Result<image::PulledAs> got =
      image::pull_first(paths.store, candidates.references, request, begins);
  tell(progress.end());
  if (!got) return std::unexpected(got.error());
  const image::Pulled* pulled = &got->pulled;
  if (!command.quiet) {
    for (const std::string& warning : pulled->warnings) warn(warning);
    tell(format(
        "{}: {}\n", pulled->was_there ? "nothing has changed" : "pulled", pulled->digest.str()));
  }
  print(format("{}\n", pulled->record.id.hex()));
  return {};
}

int pull_all(const PullCommand& command, const std::vector<std::string_view>& names) {
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  int status = 0;
  for (const std::string_view name : names) {
    const Result<void> pulled = pull_one(*paths, command, name);
    if (!pulled) status = complain(Error(pulled.error()).within(format("pull {}", quoted(name))));
  }
  return status;
}

}  // namespace

int pull_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("pull"), flags_of(kFlags));
  PullCommand command;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, command);
  if (!names) return complain(names.error());
  const Result<void> asked = complete_creds(command.fetch);
  if (!asked) return complain(asked.error());
  if (!names->empty()) return pull_all(command, *names);
  return complain({.kind = ErrorKind::InvalidArgument,
                   .message = "pull: no image is named",
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = "such as: isle pull debian:12"});
}

}  // namespace isle::cli
