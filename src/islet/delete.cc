// delete: what a stopped container still holds, its control groups and its state.

#include "islet/matching.h"
#include "runtime/state/create.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    {.name = "force", .letter = 'f', .help = "kill it first if it runs; an absent one is no error"},
    kRegexOption,
};

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const HostPath root = TRY(globals.root());
  TRY(for_each_id(globals, arguments, [&](const std::string& id) {
    return runtime::delete_container(root, id, arguments.on("force"));
  }));
  return 0;
}

}  // namespace

const Verb kDelete{.name = "delete",
                   .words = "ID",
                   .summary = "remove a stopped container",
                   .options = kOptions,
                   .least_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace isle::islet
