// isle save: images as an archive, or a directory, for this or another engine.
#include <algorithm>

#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/image_json.h"
#include "cli/output/output_file.h"
#include "engine/paths.h"
#include "image/archive/write_archive.h"
#include "image/lease.h"

namespace isle::cli {
namespace {

using image::ArchiveKind;
using options::Arity;
using options::Section;

struct SaveRequest {
  std::string output;
  ArchiveKind kind = ArchiveKind::DockerArchive;
  bool several = false, quiet = false;
};

constexpr CommandFlag<SaveRequest> kFlags[] = {
    {{"output", 'o', Arity::Value, "FILE", "Instead of standard output", Section::General},
     take_text<SaveRequest, &SaveRequest::output>},
    {{"format",
      0,
      Arity::Value,
      "KIND",
      "docker-archive (unless told), oci-archive, oci-dir or docker-dir",
      Section::General},
     [](SaveRequest& request, std::string_view value) -> Result<void> {
       request.kind = TRY(image::parse_archive_kind(value));
       return {};
     }},
    {{"multi-image-archive",
      'm',
      Arity::Switch,
      nullptr,
      "Several images in one archive, as is done without it, too",
      Section::General},
     take_switch<SaveRequest, &SaveRequest::several>},
    {{"quiet", 'q', Arity::Switch, nullptr, "Without warnings", Section::General},
     take_switch<SaveRequest, &SaveRequest::quiet>},
};

bool is_directory_kind(ArchiveKind kind) {
  return kind == ArchiveKind::OciDirectory || kind == ArchiveKind::DockerDirectory;
}

// One image under the names it was asked by; by an id it has none.
Result<std::vector<image::ImageToSave>> images_of(const image::Store& store,
                                                  const std::vector<std::string_view>& words) {
  std::vector<image::ImageToSave> images;
  for (const std::string_view word : words) {
    image::ImageRecord record = TRY(find_image(store, word));
    auto place = std::ranges::find_if(images, [&record](const image::ImageToSave& known) {
      return known.record.id == record.id;
    });
    if (place == images.end()) {
      images.push_back({.record = std::move(record), .names = {}});
      place = images.end() - 1;
    }
    const Result<image::Reference> name = image::Reference::parse(word);
    if (!name || name->tag.empty() || name->digest) continue;
    const auto named = TRY(image::load_image(store, *name));
    // "c1186468" reads like a name, but is a part of an id, unless there is such a name.
    const bool by_id = std::string_view(place->record.id.hex()).starts_with(word);
    if (named || !by_id) place->names.push_back(*name);
  }
  return images;
}

Result<std::vector<std::string>> write_out(const image::Store& store,
                                           const std::vector<image::ImageToSave>& images,
                                           const SaveRequest& request) {
  if (is_directory_kind(request.kind)) {
    if (!request.output.empty()) {
      return image::write_directory(store, images, request.kind, HostPath(request.output));
    }
    return fail(ErrorKind::InvalidArgument, "a directory needs a name", "isle save -o DIRECTORY");
  }
  std::vector<std::string> warnings;
  TRY(write_output(request.output, [&](int output) -> Result<void> {
    warnings = TRY(image::write_archive(store, images, request.kind, output));
    return {};
  }));
  return warnings;
}

Result<void> save(Arguments arguments) {
  SaveRequest request;
  const auto words = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("save", words, 1, words.size() + 1, "image"));
  const engine::Paths paths = TRY(engine::Paths::open());
  image::Lease lease = TRY(image::Lease::take(paths.store));
  TRY(lease.keep_all());
  const auto images = TRY(images_of(paths.store, words));
  const auto warnings = TRY(write_out(paths.store, images, request));
  if (request.quiet) return {};
  for (const std::string& warning : warnings) warn(warning);
  return {};
}

}  // namespace

int save_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("save"), flags_of(kFlags));
  const auto saved = save(arguments);
  return saved ? 0 : complain(Error(saved.error()).within("save"));
}

}  // namespace isle::cli
