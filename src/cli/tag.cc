// isle tag, untag, image exists: names of images.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/image_json.h"
#include "engine/paths.h"
#include "image/image_names.h"
#include "image/reference.h"

namespace isle::cli {
namespace {

std::vector<std::string_view> words_of(Arguments arguments) {
  return {arguments.begin(), arguments.end()};
}

Result<void> refuse_flags(std::string_view command, const std::vector<std::string_view>& words) {
  for (const std::string_view word : words) {
    if (!word.starts_with('-')) continue;
    return fail(ErrorKind::InvalidArgument,
                format("{}: unknown flag {}", command, quoted(word)),
                format("isle {} --help shows how", command));
  }
  return {};
}

Result<image::Reference> new_name(std::string_view text) {
  image::Reference name = TRY(image::Reference::parse(text));
  if (!name.digest) return name;
  return fail(ErrorKind::InvalidArgument,
              format("{} cannot be given: a digest is what content has", quoted(text)),
              "leave out what follows the @");
}

Result<void> tag(Arguments arguments) {
  const auto words = words_of(arguments);
  TRY(refuse_flags("tag", words));
  TRY(check_operands("tag", words, 1, words.size() + 1, "image"));
  if (words.size() < 2) {
    return fail(ErrorKind::InvalidArgument, "tag: no new name is given", "isle tag IMAGE NAME...");
  }
  std::vector<image::Reference> names;
  for (std::size_t i = 1; i < words.size(); ++i) names.push_back(TRY(new_name(words[i])));
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::ImageRecord record = TRY(find_image(paths.store, words[0]));
  for (const image::Reference& name : names) {
    TRY_STEP(image::name_image(paths.store, name, record.id), format("tag {}", name.familiar()));
  }
  return {};
}

Result<void> remove_names(const image::Store& store,
                          const std::vector<std::string_view>& words,
                          const oci::Digest& id) {
  for (const std::string_view word : words) {
    const image::Reference name = TRY(image::Reference::parse(word));
    const auto record = TRY(image::load_image(store, name));
    if (!record || record->id != id) {
      return fail(ErrorKind::NotFound, format("the image has no name {}", quoted(word)));
    }
    TRY(image::remove_name(store, name));
  }
  return {};
}

Result<void> untag(Arguments arguments) {
  const auto words = words_of(arguments);
  TRY(refuse_flags("untag", words));
  TRY(check_operands("untag", words, 1, words.size() + 1, "image"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::ImageRecord record = TRY(find_image(paths.store, words[0]));
  if (words.size() > 1)
    return remove_names(paths.store, {words.begin() + 1, words.end()}, record.id);
  for (const image::NamedImage& named : TRY(image::list_images(paths.store))) {
    if (named.id != record.id || named.name.empty()) continue;
    TRY(image::remove_name(paths.store, TRY(image::Reference::parse(named.name))));
  }
  return {};
}

int done(const Result<void>& result) { return result ? 0 : complain(result.error()); }

}  // namespace

int tag_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("tag"), {});
  return done(tag(arguments));
}

int untag_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("untag"), {});
  return done(untag(arguments));
}

int exists_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("image exists"), {});
  const auto words = words_of(arguments);
  const auto one = check_operands("image exists", words, 1, 1, "image");
  if (!one) return complain(one.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto found = find_image(paths->store, words[0]);
  if (found) return 0;
  return found.error().kind == ErrorKind::NotFound ? 1 : complain(found.error());
}

}  // namespace isle::cli
