// resume: let a paused container go on.

#include "islet/verb.h"
#include "runtime/state/create.h"

namespace isle::islet {

namespace {

Result<int> run(const Globals& globals, const Arguments& arguments) {
  TRY(runtime::resume_container(TRY(globals.root()), arguments.words()[0]));
  return 0;
}

}  // namespace

const Verb kResume{.name = "resume",
                   .words = "ID",
                   .summary = "let a paused container go on",
                   .options = {},
                   .least_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace isle::islet
