// isle load: images of an archive, or of a directory, into the store.
#include <unistd.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/paths.h"
#include "image/archive/open_archive.h"
#include "image/image_names.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct LoadRequest {
  std::string input;
  bool quiet = false;
};

constexpr CommandFlag<LoadRequest> kFlags[] = {
    {{"input",
      'i',
      Arity::Value,
      "FILE",
      "An archive (docker-archive or oci-archive, plain or compressed) or a directory (oci-dir, "
      "docker-dir) instead of standard input",
      Section::General},
     take_text<LoadRequest, &LoadRequest::input>},
    {{"quiet", 'q', Arity::Switch, nullptr, "Without warnings", Section::General},
     take_switch<LoadRequest, &LoadRequest::quiet>},
};

Result<image::OpenArchive> open_input(const image::Store& store, const std::string& input) {
  if (!input.empty() && input != "-") return image::OpenArchive::at(store, HostPath(input));
  if (isatty(STDIN_FILENO) == 0) return image::OpenArchive::in(store, STDIN_FILENO);
  return fail(ErrorKind::InvalidArgument,
              "load: standard input is a terminal",
              "isle load -i FILE, or isle load <FILE");
}

Result<std::string> take_one(const image::Store& store,
                             const image::OpenArchive& archive,
                             const image::ArchivedImage& image,
                             bool quiet) {
  const image::Loaded loaded = TRY(archive.load(store, image));
  if (!quiet) {
    for (const std::string& warning : loaded.warnings) warn(warning);
  }
  std::string text;
  for (const image::Reference& name : image.names) {
    TRY(image::name_image(store, name, loaded.record.id));
    text += format("Loaded image: {}\n", name.familiar());
  }
  if (!image.names.empty()) return text;
  for (const std::string& name : image.odd_names) {
    if (quiet) break;
    warn(format(
        "the archive calls the image {}, which is no whole name; give it one: isle tag {} NAME",
        quoted(name),
        loaded.record.id.short_hex()));
  }
  return format("Loaded image: {}\n", loaded.record.id.str());
}

Result<void> load(Arguments arguments) {
  LoadRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("load", operands, 0, 0, "archive"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::OpenArchive archive = TRY(open_input(paths.store, request.input));
  for (const image::ArchivedImage& image : archive.images()) {
    print(TRY(take_one(paths.store, archive, image, request.quiet)));
  }
  return {};
}

}  // namespace

int load_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("load"), flags_of(kFlags));
  const auto loaded = load(arguments);
  return loaded ? 0 : complain(Error(loaded.error()).within("load"));
}

}  // namespace isle::cli
