// isle push: gives an image to a registry.
#include "image/push.h"

#include <utility>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/registry_flags.h"
#include "engine/paths.h"
#include "image/image_names.h"
#include "image/push_form.h"
#include "image/reference.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

struct PushFlags {
  image::FetchOptions fetch;
  bool quiet = false, all_tags = false;
  std::string digest_file;
  image::PushForm form;
};

Result<void> take_compression(PushFlags& flags, std::string_view value) {
  flags.form.compression = TRY_STEP(image::parse_push_compression(value), "--compression-format");
  return {};
}

Result<void> take_manifest_form(PushFlags& flags, std::string_view value) {
  flags.form.manifest = TRY_STEP(image::parse_manifest_form(value), "--format");
  return {};
}

constexpr CommandFlag<PushFlags> kFlags[] = {
    {{"quiet", 'q', options::Arity::Switch, nullptr, "Say nothing", options::Section::General},
     take_switch<PushFlags, &PushFlags::quiet>},
    {{"all-tags",
      'a',
      options::Arity::Switch,
      nullptr,
      "Every tag that the repository has here",
      options::Section::General},
     take_switch<PushFlags, &PushFlags::all_tags>},
    {{"compression-format",
      0,
      options::Arity::Value,
      "FORMAT",
      "Pack layers that are packed otherwise with gzip or zstd",
      options::Section::General},
     take_compression},
    {{"format",
      'f',
      options::Arity::Value,
      "FORMAT",
      "The manifest's form: oci, or docker's v2s2 (default: as the image has it)",
      options::Section::General},
     take_manifest_form},
    {{"digestfile",
      0,
      options::Arity::Value,
      "FILE",
      "Write the manifest's digest to FILE",
      options::Section::General},
     take_text<PushFlags, &PushFlags::digest_file>},
    kContentTrustFlag<PushFlags>,
    kAuthfileFlag<PushFlags>,
    kCertDirFlag<PushFlags>,
    kCredsFlag<PushFlags>,
    kTlsVerifyFlag<PushFlags>,
    kRetryFlag<PushFlags>,
    kRetryDelayFlag<PushFlags>,
};

// The other transports of podman and skopeo are archives and directories.
Result<image::Reference> parse_destination(std::string_view text) {
  constexpr std::string_view kDocker = "docker://";
  if (text.starts_with(kDocker)) return image::Reference::parse(text.substr(kDocker.size()));
  for (const std::string_view other : {"oci:",
                                       "oci-archive:",
                                       "docker-archive:",
                                       "docker-daemon:",
                                       "dir:",
                                       "containers-storage:"}) {
    if (!text.starts_with(other)) continue;
    return fail(ErrorKind::Unsupported,
                format("push does not write {}, only to registries", quoted(other)),
                "isle save writes archives");
  }
  return image::Reference::parse(text);
}

void say_done(const oci::Descriptor& blob, std::string_view outcome) {
  const char* words = outcome == "uploaded"  ? "uploaded"
                      : outcome == "mounted" ? "taken from another repository there"
                                             : "already there";
  const std::string line = format("{}: {}\n", blob.digest.short_hex(), words);
  static_cast<void>(kernel::write_all(STDERR_FILENO, line));
}

Result<std::string> push_one(const engine::Paths& paths,
                             const PushFlags& flags,
                             image::PushRequest request) {
  request.form = flags.form;
  request.fetch = flags.fetch;
  request.on_warning = warn;
  if (!flags.quiet) request.on_blob = say_done;
  const image::PushReport report =
      TRY_STEP(image::push_image(paths.store, request),
               format("push to {}", quoted(request.destination.familiar())));
  const std::string& digest = report.manifest.digest.str();
  if (!flags.digest_file.empty()) {
    TRY(kernel::replace_file(HostPath(flags.digest_file), digest, 0644, false));
  }
  if (flags.quiet) return std::string();
  return format("{}: digest: {} size: {}\n", request.destination.tag, digest, report.manifest.size);
}

// What the store has of this repository.
Result<std::string> push_tags(const engine::Paths& paths,
                              const PushFlags& flags,
                              std::string_view text) {
  const image::Reference repository = TRY(parse_destination(text));
  std::string lines;
  std::size_t count = 0;
  for (const std::string& name : image::image_names(paths.store)) {
    image::PushRequest request;
    request.destination = TRY(image::Reference::parse(name));
    if (request.destination.domain != repository.domain ||
        request.destination.repository != repository.repository) {
      continue;
    }
    request.image = name;
    request.own_name = true;
    lines += TRY(push_one(paths, flags, std::move(request)));
    ++count;
  }
  if (count > 0) return lines;
  return fail(ErrorKind::NotFound,
              format("there is no image in the repository {}", quoted(text)),
              "isle images lists them; isle tag gives names");
}

Result<std::string> perform(Arguments arguments) {
  PushFlags flags;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, flags));
  const std::size_t most = flags.all_tags ? 1 : 2;
  if (operands.empty() || operands.size() > most) {
    return fail(ErrorKind::InvalidArgument,
                flags.all_tags ? "push --all-tags takes one repository"
                               : "push takes an image, and perhaps another name for it");
  }
  TRY(complete_creds(flags.fetch));
  const engine::Paths paths = TRY(engine::Paths::open());
  if (flags.all_tags) return push_tags(paths, flags, operands.front());
  image::PushRequest request;
  request.image = operands.front();
  request.destination = TRY_STEP(parse_destination(operands.back()), "push");
  request.own_name = operands.size() == 1;
  return push_one(paths, flags, std::move(request));
}

}  // namespace

int push_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("push"), flags_of(kFlags));
  const auto text = perform(arguments);
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
