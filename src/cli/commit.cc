// isle commit: a container's image, what it wrote, and what it was told to run, as a new image.
#include "engine/commit.h"

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/image_flags.h"
#include "engine/paths.h"
#include "image/push_form.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct CommitFlags {
  std::string author, message, id_file;
  std::vector<std::string> changes;
  image::ManifestForm form = image::ManifestForm::Oci;
  bool pause = true, quiet = false, squash = false, volumes = false;
};

Result<void> take_form(CommitFlags& flags, std::string_view value) {
  flags.form = TRY_STEP(image::parse_manifest_form(value), "--format");
  return {};
}

constexpr CommandFlag<CommitFlags> kFlags[] = {
    {{"author", 'a', Arity::Value, "NAME", "Who made the image", Section::General},
     take_text<CommitFlags, &CommitFlags::author>},
    kChangeFlag<CommitFlags>,
    {{"format",
      'f',
      Arity::Value,
      "FORMAT",
      "The manifest's form: oci (default), or docker's",
      Section::General},
     take_form},
    {{"include-volumes",
      0,
      Arity::Switch,
      nullptr,
      "What was mounted by -v and --mount become volumes of the image: their places, not their "
      "files",
      Section::General},
     take_switch<CommitFlags, &CommitFlags::volumes>},
    {{"iidfile", 0, Arity::Value, "FILE", "Write the image's id to FILE", Section::General},
     take_text<CommitFlags, &CommitFlags::id_file>},
    kMessageFlag<CommitFlags>,
    {{"pause",
      'p',
      Arity::Switch,
      nullptr,
      "Hold a running container still meanwhile (default); --pause=false lets it go on",
      Section::General},
     take_switch<CommitFlags, &CommitFlags::pause>},
    kQuietFlag<CommitFlags>,
    {{"squash",
      's',
      Arity::Switch,
      nullptr,
      "One layer of all there is, without the image's own",
      Section::General},
     take_switch<CommitFlags, &CommitFlags::squash>},
};

Result<std::string> commit(Arguments arguments) {
  CommitFlags flags;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, flags));
  TRY(check_operands("commit", operands, 1, 2, "container"));
  engine::CommitRequest request{.container = std::string(operands[0]),
                                .author = std::move(flags.author),
                                .message = std::move(flags.message),
                                .changes = std::move(flags.changes),
                                .form = flags.form,
                                .squash = flags.squash,
                                .volumes = flags.volumes,
                                .pause = flags.pause,
                                .name = {}};
  if (operands.size() == 2) {
    request.name = TRY(image::Reference::parse(operands[1]));
    request.name->digest.reset();
  }
  const engine::Paths paths = TRY(engine::Paths::open());
  const engine::Committed committed = TRY(engine::commit(paths, request));
  if (!flags.quiet) {
    for (const std::string& warning : committed.warnings) warn(warning);
  }
  std::string id = committed.record.id.str();
  if (!flags.id_file.empty()) {
    TRY_STEP(kernel::replace_file(HostPath(flags.id_file), id, 0644, false), "--iidfile");
  }
  return std::move(id) + "\n";
}

}  // namespace

int commit_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("commit"), flags_of(kFlags));
  const auto id = commit(arguments);
  return id ? finish(id) : complain(Error(id.error()).within("commit"));
}

}  // namespace isle::cli
