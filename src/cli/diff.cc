// isle diff: A, C or D and a path for what was added, changed, deleted.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/selection.h"
#include "engine/commit.h"
#include "engine/paths.h"
#include "image/resolve.h"

namespace isle::cli {
namespace {

using image::Change;

struct DiffRequest {
  bool latest = false;
  bool json = false;
};

constexpr CommandFlag<DiffRequest> kFlags[] = {
    {{"format", 0, options::Arity::Value, "json", "For programs", options::Section::General},
     [](DiffRequest& request, std::string_view value) -> Result<void> {
       request.json = TRY(is_json(value));
       return {};
     }},
    kLatestFlag<DiffRequest>,
};

Result<std::vector<HostPath>> layers_of(const engine::Paths& paths, std::string_view image) {
  const image::ImageInfo info = TRY(image::resolve(paths.store, image));
  return std::vector<HostPath>(info.layers.rbegin(), info.layers.rend());
}

// An image alone is compared with what its last layer was laid upon.
Result<std::vector<Change>> changes_of_image(const engine::Paths& paths, std::string_view image) {
  const std::vector<HostPath> layers = TRY(layers_of(paths, image));
  if (layers.size() < 2) {
    return fail(
        ErrorKind::Unsupported,
        format("image {} has one layer: there is nothing to compare it with", quoted(image)),
        "isle diff IMAGE IMAGE compares two images");
  }
  return engine::compare_layers({layers.begin() + 1, layers.end()}, layers);
}

Result<std::vector<Change>> compare(const engine::Paths& paths,
                                    const std::vector<std::string_view>& names) {
  if (names.size() == 2) {
    return engine::compare_layers(TRY(layers_of(paths, names[0])), TRY(layers_of(paths, names[1])));
  }
  Result<std::vector<Change>> of_container = engine::changes_of(paths, names[0]);
  if (of_container || of_container.error().kind != ErrorKind::NotFound) return of_container;
  Result<std::vector<Change>> of_image = changes_of_image(paths, names[0]);
  if (of_image || of_image.error().kind != ErrorKind::NotFound) return of_image;
  return fail(ErrorKind::NotFound,
              format("there is no container and no image {}", quoted(names[0])),
              "isle ps -a and isle images list them");
}

std::string show(const DiffRequest& request, const std::vector<Change>& changes) {
  if (!request.json) {
    std::string text;
    for (const Change& change : changes) {
      text += format("{} {}\n", static_cast<char>(change.kind), change.path);
    }
    return text;
  }
  json::Value value;
  for (const char* name : {"added", "changed", "deleted"}) value[name] = json::Value(json::Array{});
  for (const Change& change : changes) {
    value[change.kind == Change::Kind::Added     ? "added"
          : change.kind == Change::Kind::Changed ? "changed"
                                                 : "deleted"]
        .push_back(change.path);
  }
  return json::write_pretty(value) + "\n";
}

Result<std::string> diff(Arguments arguments) {
  DiffRequest request;
  auto names = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::vector<std::string> latest;
  TRY(put_latest(paths, request.latest, latest, names));
  TRY(check_operands("diff", names, 1, 2, "container or image"));
  return show(request, TRY(compare(paths, names)));
}

}  // namespace

int diff_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("diff"), flags_of(kFlags));
  return finish(diff(arguments));
}

}  // namespace isle::cli
