// start: let a created container's command run.

#include "islet/verb.h"
#include "runtime/state/create.h"

namespace isle::islet {

namespace {

Result<int> run(const Globals& globals, const Arguments& arguments) {
  TRY(runtime::start_container(TRY(globals.root()), arguments.words()[0]));
  return 0;
}

}  // namespace

const Verb kStart{.name = "start",
                  .words = "ID",
                  .summary = "let a created container's command run",
                  .options = {},
                  .least_words = 1,
                  .most_words = 1,
                  .run = run};

}  // namespace isle::islet
