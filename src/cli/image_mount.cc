// isle image mount: a command, or a shell, that sees an image's files.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/strings.h"
#include "cli/command.h"
#include "engine/image_mount.h"
#include "engine/paths.h"
#include "image/resolve.h"

namespace isle::cli {
namespace {

std::vector<std::string> command_of(Arguments words) {
  if (!words.empty()) return {words.begin(), words.end()};
  const char* shell = std::getenv("SHELL");
  return {shell != nullptr && *shell == '/' ? shell : "/bin/sh"};
}

// Only comes back with an error.
Result<int> run_there(const HostPath& directory, std::vector<std::string> command) {
  if (chdir(directory.c_str()) != 0) return fail_call(errno, format("chdir({})", directory.str()));
  std::string variable = format("ISLE_IMAGE={}", directory.str());
  std::vector<char*> environment = {variable.data()};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("ISLE_IMAGE=")) environment.push_back(*entry);
  }
  environment.push_back(nullptr);
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  execvpe(words[0], words.data(), environment.data());
  const int error = errno;
  return complain({.kind = kind_of_errno(error),
                   .message = {},
                   .call = format("exec({})", command[0]),
                   .errnum = error,
                   .steps = {"image mount"},
                   .hint = {}},
                  command_exit_status(error));
}

Result<int> mount_and_run(Arguments arguments) {
  const std::vector<std::string_view> operands(arguments.begin(), arguments.end());
  if (operands.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "image mount: no image is named",
                "isle image mount IMAGE [-- COMMAND [ARGUMENT...]]");
  }
  if (operands[0] == "-a" || operands[0] == "--all" || operands[0].starts_with("--format")) {
    return fail(
        ErrorKind::Unsupported,
        format("image mount: {}: isle mounts no image on the host, so there are none to list",
               operands[0]),
        "isle image mount IMAGE [-- COMMAND [ARGUMENT...]]");
  }
  if (operands[0].starts_with('-')) {
    return fail(ErrorKind::InvalidArgument,
                format("image mount: unknown flag {}", quoted(operands[0])));
  }
  if (operands.size() > 1 && operands[1] != "--") {
    return fail(ErrorKind::InvalidArgument,
                format("image mount: {} is too much", quoted(operands[1])),
                "a command comes behind --; one image is shown at a time");
  }
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::ImageInfo info = TRY(image::resolve(paths.store, operands[0]));
  const HostPath directory = TRY(engine::mount_image_here(
      paths, std::vector<HostPath>(info.layers.rbegin(), info.layers.rend())));
  return run_there(directory, command_of(arguments.subspan(operands.size() > 1 ? 2 : 1)));
}

}  // namespace

int image_mount_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("image mount"), {});
  const auto status = mount_and_run(arguments);
  return status ? *status : complain(status.error());
}

int image_unmount_command(Arguments) {
  return complain(
      {.kind = ErrorKind::Unsupported,
       .message = "image unmount: isle mounts no image on the host",
       .call = {},
       .errnum = 0,
       .steps = {},
       .hint = "what isle image mount shows is seen by its command only and gone with it"});
}

}  // namespace isle::cli
