// pause: stop every process of a container.

#include "islet/verb.h"
#include "runtime/state/create.h"

namespace isle::islet {

namespace {

Result<int> run(const Globals& globals, const Arguments& arguments) {
  TRY(runtime::pause_container(TRY(globals.root()), arguments.words()[0]));
  return 0;
}

}  // namespace

const Verb kPause{.name = "pause",
                  .words = "ID",
                  .summary = "stop every process of a container",
                  .options = {},
                  .least_words = 1,
                  .most_words = 1,
                  .run = run};

}  // namespace isle::islet
