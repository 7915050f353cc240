// state: one container, as the specification's state document.

#include "islet/state_document.h"
#include "islet/verb.h"

namespace isle::islet {

namespace {

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const runtime::ContainerState state =
      TRY(runtime::load_state(TRY(globals.root()), arguments.words()[0]));
  TRY(print(json::write_pretty(state_json(state_document(state))) + "\n"));
  return 0;
}

}  // namespace

const Verb kState{.name = "state",
                  .words = "ID",
                  .summary = "print the state of a container as JSON",
                  .options = {},
                  .least_words = 1,
                  .most_words = 1,
                  .run = run};

}  // namespace isle::islet
