// create: everything but exec; start lets the command run.

#include "islet/create_options.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    kBundleOption,
    kConfigOption,
    kConsoleSocketOption,
    kPidfdSocketOption,
    kPidFileOption,
    kNoPivotOption,
    kNoNewKeyringOption,
    kPreserveFdsOption,
    {.name = "no-subreaper", .help = "for callers of crun: create reaps nothing"}};

Result<int> run(const Globals& globals, const Arguments& arguments) {
  Creation creation = TRY(read_creation(globals, arguments, true));
  creation.request.wait_for_start = true;
  TRY(create(globals, std::move(creation)));
  return 0;
}

}  // namespace

const Verb kCreate{.name = "create",
                   .words = "ID",
                   .summary = "make a container; start lets its command run",
                   .options = kOptions,
                   .least_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace isle::islet
