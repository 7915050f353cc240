#include "cli/each.h"

#include "base/strings.h"
#include "cli/command.h"

namespace isle::cli {

int each_container(const Each& each,
                   const std::vector<std::string_view>& names,
                   const std::function<Result<void>(const engine::Paths&, std::string_view)>& act) {
  if (names.empty()) return complain_of_none(each.command, each.hint);
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  int status = 0;
  for (const std::string_view name : names) {
    const Result<void> done = act(*paths, name);
    if (done) {
      print(format("{}\n", name));
    } else {
      status = complain(Error(done.error()).within(format("{} {}", each.command, quoted(name))), 1);
    }
  }
  return status;
}

Result<std::vector<std::string>> names_of_all(
    const engine::Paths& paths, const std::function<bool(const engine::Listed&)>& wanted) {
  std::vector<std::string> names;
  const engine::Listing listing = TRY(engine::list_containers(paths, true));
  for (const engine::Listed& listed : listing.containers) {
    if (wanted(listed)) names.push_back(listed.container.name);
  }
  return names;
}

}  // namespace isle::cli
