// isle import: an archive of a root file system becomes an image of one layer.
#include <fcntl.h>
#include <unistd.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/image_flags.h"
#include "cli/platform_flags.h"
#include "engine/paths.h"
#include "image/config_change.h"
#include "image/image_names.h"
#include "image/lease.h"
#include "image/make_image.h"
#include "image/reference.h"
#include "kernel/fd.h"
#include "oci/media_type.h"

namespace isle::cli {
namespace {

struct ImportRequest {
  std::vector<std::string> changes;
  std::string message;
  PlatformWords platform;
  bool quiet = false;
};

constexpr CommandFlag<ImportRequest> kFlags[] = {
    kChangeFlag<ImportRequest>,
    kMessageFlag<ImportRequest>,
    kPlatformFlag<ImportRequest>,
    kOsFlag<ImportRequest>,
    kArchFlag<ImportRequest>,
    kVariantFlag<ImportRequest>,
    kQuietFlag<ImportRequest>,
};

Result<oci::ImageConfig> config_of(const ImportRequest& request,
                                   std::string_view source,
                                   const oci::Digest& diff_id) {
  oci::ImageConfig config;
  config.created = image::time_now();
  config.platform = TRY(platform_of(request.platform)).value_or(oci::host_platform());
  config.rootfs.type = "layers";
  config.rootfs.diff_ids = {diff_id};
  for (const std::string& change : request.changes) TRY(image::apply_change(config.config, change));
  config.history.push_back(
      {.created = config.created,
       .created_by = format("isle import {}", source),
       .author = {},
       .comment = request.message.empty() ? format("imported from {}", source) : request.message});
  return config;
}

Result<kernel::UniqueFd> open_source(std::string_view source) {
  if (source.find("://") != std::string_view::npos) {
    return fail(ErrorKind::Unsupported,
                format("import: {} is an address, which isle does not fetch", quoted(source)),
                "fetch it with another program and pipe it into isle import -");
  }
  if (source != "-") return kernel::open_file(HostPath(std::string(source)), O_RDONLY);
  if (isatty(STDIN_FILENO) == 0) return kernel::duplicate(STDIN_FILENO);
  return fail(ErrorKind::InvalidArgument, "import: standard input is a terminal");
}

Result<std::string> import(Arguments arguments) {
  ImportRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("import", operands, 1, 2, "archive"));
  std::optional<image::Reference> name;
  if (operands.size() == 2) name = TRY(image::Reference::parse(operands[1]));
  // What is wrong with the changes is told before the work is done.
  TRY(config_of(request, operands[0], {}));
  const kernel::UniqueFd source = TRY(open_source(operands[0]));
  const engine::Paths paths = TRY(engine::Paths::open());
  image::Lease lease = TRY(image::Lease::take(paths.store));
  TRY(lease.keep_all());
  const image::PackedBlob blob = TRY(image::import_blob(paths.store, source.get()));
  const auto warnings = TRY(image::unpack_blob(paths.store, blob));
  const image::ImageRecord record = TRY(image::make_image(
      paths.store, TRY(config_of(request, operands[0], blob.diff_id)), {blob.descriptor}));
  if (name) TRY(image::name_image(paths.store, *name, record.id));
  if (!request.quiet) {
    for (const std::string& warning : warnings) warn(warning);
  }
  return record.id.str() + "\n";
}

}  // namespace

int import_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("import"), flags_of(kFlags));
  const auto id = import(arguments);
  return id ? finish(id) : complain(Error(id.error()).within("import"));
}

}  // namespace isle::cli
