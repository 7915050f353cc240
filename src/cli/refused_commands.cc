#include "cli/refused_commands.h"

#include <array>
#include <string>

#include "base/strings.h"
#include "cli/command.h"

namespace isle::cli {
namespace {

constexpr const char* kBuild = "isle builds no images from a Dockerfile";
constexpr const char* kElsewhere =
    "isle run and isle commit make one by hand; what buildah or docker has built isle load takes";
constexpr const char* kSignatures = "isle neither makes nor looks at signatures";
constexpr const char* kDigests = "pull by digest (IMAGE@sha256:...), which cannot be another image";

constexpr std::array kCommands = {
    RefusedCommand{.name = "build", .reason = kBuild, .hint = kElsewhere},
    RefusedCommand{.name = "buildx", .reason = kBuild, .hint = kElsewhere},
    RefusedCommand{.name = "image build", .reason = kBuild, .hint = kElsewhere},
    RefusedCommand{.name = "image scp",
                   .reason = "isle copies no images by ssh itself",
                   .hint = "isle save IMAGE | ssh HOST isle load"},
    RefusedCommand{.name = "image sign", .reason = kSignatures, .hint = kDigests},
    RefusedCommand{.name = "image trust", .reason = kSignatures, .hint = kDigests},
    RefusedCommand{.name = "trust", .reason = kSignatures, .hint = kDigests},
};

}  // namespace

const RefusedCommand* refused_command(std::string_view name) {
  for (const RefusedCommand& command : kCommands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

int complain_of_refused(const RefusedCommand& command) {
  return complain({.kind = ErrorKind::Unsupported,
                   .message = format("{}: {}", command.name, command.reason),
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = command.hint});
}

}  // namespace isle::cli
