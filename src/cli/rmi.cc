// isle rmi: names of images go, and with the last one the image.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/paths.h"
#include "image/gc.h"
#include "image/reference.h"
#include "image/short_names.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct RmiRequest {
  bool force = false, all = false, ignore = false;
};

constexpr CommandFlag<RmiRequest> kFlags[] = {
    {{"all", 'a', Arity::Switch, nullptr, "All images that no container uses", Section::General},
     take_switch<RmiRequest, &RmiRequest::all>},
    {{"force",
      'f',
      Arity::Switch,
      nullptr,
      "Also an image with several names, or that containers use: its files go with them",
      Section::General},
     take_switch<RmiRequest, &RmiRequest::force>},
    {{"no-prune",
      0,
      Arity::Switch,
      nullptr,
      "Leave images without a name that it was made of, as is done without it",
      Section::General},
     [](RmiRequest& /*request*/, std::string_view /*value*/) -> Result<void> { return {}; }},
    {{"ignore", 'i', Arity::Switch, nullptr, "One that is not there is no error", Section::General},
     take_switch<RmiRequest, &RmiRequest::ignore>},
};

std::string words_of(const image::RemovedImages& removed) {
  std::string text;
  for (const std::string& name : removed.names) {
    const Result<image::Reference> reference = image::Reference::parse(name);
    text += format("Untagged: {}\n", reference ? reference->familiar() : name);
  }
  for (const oci::Digest& id : removed.images) text += format("Deleted: {}\n", id.str());
  return text;
}

int remove_each(const engine::Paths& paths,
                const RmiRequest& request,
                const std::vector<std::string_view>& names) {
  int status = 0;
  for (const std::string_view name : names) {
    // By registries.conf a short name may mean an image of another registry than docker.io.
    const auto here = image::name_here(paths.store, name);
    const auto removed =
        image::remove_image(paths.store, here ? std::string_view(*here) : name, request.force);
    if (removed) {
      print(words_of(*removed));
      if (!removed->collected.left.empty()) warn(removed->collected.left);
    } else if (!request.ignore || removed.error().kind != ErrorKind::NotFound) {
      status = complain(Error(removed.error()).within(format("rmi {}", quoted(name))), 1);
    }
  }
  return status;
}

int remove_all(const engine::Paths& paths) {
  const auto removed = image::prune_images(paths.store, true, {});
  if (!removed) return complain(removed.error());
  print(words_of(*removed));
  if (!removed->collected.left.empty()) warn(removed->collected.left);
  return 0;
}

int remove(const RmiRequest& request, const std::vector<std::string_view>& names) {
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  if (!request.all) {
    const auto some = check_operands("rmi", names, 1, names.size() + 1, "image");
    return some ? remove_each(*paths, request, names) : complain(some.error());
  }
  const auto none = check_operands("rmi --all", names, 0, 0, "image");
  return none ? remove_all(*paths) : complain(none.error());
}

}  // namespace

int rmi_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("rmi"), flags_of(kFlags));
  RmiRequest request;
  const auto names = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  return names ? remove(request, *names) : complain(names.error());
}

}  // namespace isle::cli
