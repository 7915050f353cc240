// --entrypoint, and what is run at all: the entrypoint followed by the command. With an
// entrypoint of its own the image's command does not count, as docker has it.
#include "base/json.h"
#include "options/rows.h"

namespace isle::options {
namespace {

// A word, or a JSON array of words; an empty text takes the image's entrypoint away.
Result<void> parse(RunRequest& request, std::string_view value) {
  oci::Strings& words = request.container.process.entrypoint.emplace();
  if (value.empty()) return {};
  if (!value.starts_with('[')) {
    words.emplace_back(value);
    return {};
  }
  const json::Value list = TRY_STEP(json::parse(value), "--entrypoint");
  for (const json::Value& word : *list.array()) {
    if (word.string() == nullptr) {
      return fail(ErrorKind::InvalidArgument, "--entrypoint: the list may hold texts only");
    }
    words.push_back(*word.string());
  }
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Process& asked = container.process;
  oci::Strings& args = builder.process().args;
  args = asked.entrypoint ? *asked.entrypoint : builder.image.entrypoint;
  const bool image_command = asked.command.empty() && !asked.entrypoint;
  const oci::Strings& command = image_command ? builder.image.cmd : asked.command;
  args.insert(args.end(), command.begin(), command.end());
  if (!args.empty()) return {};
  return fail(ErrorKind::InvalidArgument,
              "no command: neither the image nor the command line names one",
              "write it behind the image, such as: isle run IMAGE sh");
}

}  // namespace

const Option kEntrypoint{
    .flag = {"entrypoint",
             0,
             Arity::Value,
             "PROGRAM",
             "Run PROGRAM (or a JSON array of words) instead of the image's entrypoint",
             Section::Process},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
