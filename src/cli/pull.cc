// isle pull.
#include <cstdio>
#include <functional>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/pull_progress.h"
#include "cli/platform_flags.h"
#include "cli/registry_flags.h"
#include "engine/paths.h"
#include "image/fetcher.h"
#include "image/pull.h"
#include "image/pull_named.h"
#include "image/short_names.h"

namespace isle::cli {
namespace {

struct PullCommand {
  image::FetchOptions fetch;
  PlatformWords platform;
  std::optional<oci::Platform> wanted;  // what they come to
  bool quiet = false, all_tags = false;
};

constexpr CommandFlag<PullCommand> kFlags[] = {
    {{"quiet",
      'q',
      options::Arity::Switch,
      nullptr,
      "Print the image's id and nothing else",
      options::Section::General},
     take_switch<PullCommand, &PullCommand::quiet>},
    {{"all-tags",
      'a',
      options::Arity::Switch,
      nullptr,
      "Every tag that the repository has",
      options::Section::General},
     take_switch<PullCommand, &PullCommand::all_tags>},
    kPlatformFlag<PullCommand>,
    kOsFlag<PullCommand>,
    kArchFlag<PullCommand>,
    kVariantFlag<PullCommand>,
    kContentTrustFlag<PullCommand>,
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

Result<void> pull_first_of(const engine::Paths& paths,
                           const PullCommand& command,
                           const image::Candidates& candidates) {
  PullProgress progress = progress_on_stderr();
  image::PullRequest request{.fetch = command.fetch, .platform = command.wanted, .progress = {}};
  std::function<void(const image::Reference&)> begins;
  if (!command.quiet) {
    begins = [](const image::Reference& reference) {
      tell(format("pulling {}\n", reference.str()));
    };
    request.progress = [&progress](const image::LayerProgress& layer) {
      show_on_stderr(progress, layer);
    };
  }
  const Result<image::PulledAs> got = image::pull_first(paths.store, candidates, request, begins);
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

Result<std::vector<std::string>> tags_of(const image::Reference& reference,
                                         const image::FetchOptions& options) {
  image::Fetcher fetcher = TRY(image::Fetcher::start(reference, options));
  return fetcher.tags();
}

bool has_tag(std::string_view text) {
  const std::string_view name = text.substr(text.rfind('/') + 1);
  return name.find_first_of(":@") != std::string_view::npos;
}

// Of the first registry that has the repository.
Result<void> pull_tags(const engine::Paths& paths,
                       const PullCommand& command,
                       std::string_view text) {
  if (has_tag(text)) {
    return fail(ErrorKind::InvalidArgument,
                "with --all-tags the name has to be without a tag",
                "give the repository alone");
  }
  const image::Candidates candidates = TRY(image::find_candidates(text));
  const std::size_t count = candidates.references.size();
  for (std::size_t i = 0; i < count; ++i) {
    image::Reference reference = candidates.references[i];
    const auto tags = tags_of(reference, command.fetch);
    if (!tags && i + 1 < count) continue;
    for (const std::string& tag : TRY(tags)) {
      reference.tag = tag;
      TRY_STEP(pull_first_of(paths, command, {.references = {reference}}),
               format("tag {}", quoted(tag)));
    }
    return {};
  }
  return {};
}

Result<void> pull_one(const engine::Paths& paths,
                      const PullCommand& command,
                      std::string_view text) {
  if (command.all_tags) return pull_tags(paths, command, text);
  return pull_first_of(paths, command, TRY(image::find_candidates(text)));
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
  const auto platform = platform_of(command.platform);
  if (!platform) return complain(platform.error());
  command.wanted = *platform;
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
