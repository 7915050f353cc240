// start: let a created container's command run.

#include "islet/verb.h"
#include "runtime/state/create.h"
#include "runtime/state/notify.h"

namespace isle::islet {

namespace {

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const HostPath root = TRY(globals.root());
  const std::string_view id = arguments.words()[0];
  std::optional<runtime::Notifier> notifier = TRY(runtime::Notifier::open(root, id));
  TRY(runtime::start_container(root, id));
  if (!notifier) return 0;
  const runtime::ContainerState state = TRY(runtime::load_state(root, id));
  const Result<kernel::UniqueFd> pidfd = kernel::open_pidfd(state.pid);
  if (!pidfd) return 0;  // it has ended already
  const Result<void> told = notifier->wait(pidfd->get(), state.pid);
  if (!told) globals.log.write(Level::Warning, told.error().describe());
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
