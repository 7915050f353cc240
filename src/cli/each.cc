#include "cli/each.h"

#include "base/strings.h"
#include "cli/command.h"

namespace isle::cli {

int each_selected(const Each& each,
                  const Selection& selection,
                  const std::vector<std::string_view>& named,
                  const Eligible& eligible,
                  const Act& act) {
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const auto names = select(*paths, each.command, selection, named, eligible, each.hint);
  if (!names) return complain(names.error());
  int status = 0;
  for (const std::string& name : *names) {
    const Result<void> done = act(*paths, name);
    if (done) {
      print(format("{}\n", name));
    } else if (!selection.ignore || done.error().kind != ErrorKind::NotFound) {
      status = complain(Error(done.error()).within(format("{} {}", each.command, quoted(name))), 1);
    }
  }
  return status;
}

int each_container(const Each& each, const std::vector<std::string_view>& names, const Act& act) {
  return each_selected(each, {}, names, [](const engine::Listed& /*listed*/) { return true; }, act);
}

}  // namespace isle::cli
