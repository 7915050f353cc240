// isle push: gives an image to a registry.
#include "image/push.h"
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/registry_flags.h"
#include "engine/paths.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

struct PushFlags {
  image::FetchOptions fetch;
  bool quiet = false;
  std::string digest_file;
};

constexpr CommandFlag<PushFlags> kFlags[] = {
    {{"quiet", 'q', options::Arity::Switch, nullptr, "Say nothing", options::Section::General},
     take_switch<PushFlags, &PushFlags::quiet>},
    {{"digestfile",
      0,
      options::Arity::Value,
      "FILE",
      "Write the manifest's digest to FILE",
      options::Section::General},
     take_text<PushFlags, &PushFlags::digest_file>},
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

Result<std::string> perform(Arguments arguments) {
  PushFlags flags;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, flags));
  if (operands.empty() || operands.size() > 2) {
    return fail(ErrorKind::InvalidArgument, "push takes an image, and perhaps another name for it");
  }
  TRY(complete_creds(flags.fetch));
  image::PushRequest request;
  request.image = operands.front();
  request.destination = TRY_STEP(parse_destination(operands.back()), "push");
  request.own_name = operands.size() == 1;
  request.fetch = flags.fetch;
  request.on_warning = warn;
  if (!flags.quiet) request.on_blob = say_done;
  const engine::Paths paths = TRY(engine::Paths::open());
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

}  // namespace

int push_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("push"), flags_of(kFlags));
  const auto text = perform(arguments);
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
