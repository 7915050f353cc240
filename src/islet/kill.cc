// kill: a signal to a container's process 1, or to all of its processes.

#include "islet/matching.h"
#include "kernel/signal.h"
#include "runtime/state/create.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    {.name = "all", .letter = 'a', .help = "to every process of the container"},
    kRegexOption,
};

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.words();
  const int signal = TRY(kernel::parse_signal(words.size() > 1 ? words[1] : "TERM"));
  const HostPath root = TRY(globals.root());
  TRY(for_each_id(globals, arguments, [&](const std::string& id) {
    return runtime::kill_container(root, id, signal, arguments.on("all"));
  }));
  return 0;
}

}  // namespace

const Verb kKill{.name = "kill",
                 .words = "ID [SIGNAL]",
                 .summary = "send a signal (TERM) to a container",
                 .options = kOptions,
                 .least_words = 1,
                 .most_words = 2,
                 .run = run};

}  // namespace isle::islet
