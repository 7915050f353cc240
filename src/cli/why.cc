// isle image why: who keeps an image, a layer or a blob in the store.
#include <set>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/paths.h"
#include "image/lease.h"
#include "image/use.h"

namespace isle::cli {
namespace {

// What the digits stand for, and who needs it.
using Answers = std::map<std::string, std::set<std::string>>;

void answer_images(const image::Use& use, std::string_view hex, Answers& answers) {
  for (const auto& [id, image] : use.images) {
    if (!id.hex().starts_with(hex)) continue;
    std::set<std::string>& reasons = answers[format("image {}", id.hex())];
    for (const std::string& name : image.names) reasons.insert(format("name {}", name));
    for (const std::string& container : image.containers) {
      reasons.insert(format("container {}", container.substr(0, 12)));
    }
    if (image.built_in) reasons.insert("it came with isle");
  }
}

void answer_needed(const image::Use::Needed& needed,
                   std::string_view kind,
                   std::string_view hex,
                   Answers& answers) {
  for (const auto& [what, who] : needed) {
    if (!what.starts_with(hex)) continue;
    answers[format("{} {}", kind, what)].insert(who.begin(), who.end());
  }
}

Result<std::string> why(Arguments arguments) {
  const std::vector<std::string_view> operands(arguments.begin(), arguments.end());
  TRY(check_operands("image why", operands, 1, 1, "digest"));
  std::string_view hex = operands[0];
  if (hex.starts_with("sha256:")) hex.remove_prefix(7);
  if (hex.empty() || hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is neither a digest nor the beginning of one", quoted(operands[0])));
  }
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::Use use = TRY(image::read_use(paths.store));
  const image::Leased leased = TRY(image::read_leases(paths.store));
  Answers answers;
  answer_images(use, hex, answers);
  answer_needed(use.layers, "layer", hex, answers);
  answer_needed(use.blobs, "blob", hex, answers);
  for (const std::string& name : leased.hexes) {
    if (name.starts_with(hex)) answers[format("digest {}", name)].insert("work in progress");
  }
  if (answers.empty()) {
    return fail(ErrorKind::NotFound,
                format("nothing needs {}", operands[0]),
                "if it is in the store, isle image prune removes it");
  }
  std::string text;
  for (const auto& [what, reasons] : answers) {
    text += what + "\n";
    for (const std::string& reason : reasons) text += format("  {}\n", reason);
    if (reasons.empty()) text += "  nobody: isle image prune removes it\n";
  }
  return text;
}

}  // namespace

int image_why_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("image why"), {});
  return finish(why(arguments));
}

}  // namespace isle::cli
