// delete: what a stopped container still holds, its control groups and its state.

#include "islet/verb.h"
#include "runtime/state/create.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    {.name = "force", .letter = 'f', .help = "kill it first if it runs; an absent one is no error"},
};

Result<int> run(const Globals& globals, const Arguments& arguments) {
  TRY(runtime::delete_container(TRY(globals.root()), arguments.words()[0], arguments.on("force")));
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
