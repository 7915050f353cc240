// mounts: crun's verb. Adds mounts to a running container, or takes them off.

#include <unistd.h>

#include "base/strings.h"
#include "islet/verb.h"
#include "kernel/fd.h"
#include "oci/mounts_json.h"
#include "runtime/state/live_mounts.h"

namespace isle::islet {

namespace {

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.words();
  const HostPath root = TRY(globals.root());
  const bool adds = words[0] == "add";
  if (!adds && words[0] != "remove") {
    return fail(ErrorKind::InvalidArgument,
                format("mounts {}: there is no such action", quoted(words[0])),
                "add or remove");
  }
  const std::string text = words[2] == "-" ? TRY(kernel::read_all(STDIN_FILENO))
                                           : TRY(kernel::read_file(HostPath(words[2])));
  const std::vector<oci::Mount> mounts = TRY_STEP(oci::read_mounts(text), "read " + words[2]);
  TRY(adds ? runtime::add_mounts(root, words[1], mounts)
           : runtime::remove_mounts(root, words[1], mounts));
  return 0;
}

}  // namespace

const Verb kMounts{.name = "mounts",
                   .words = "add|remove ID FILE",
                   .summary = "mount into a running container, or unmount there",
                   .options = {},
                   .least_words = 3,
                   .most_words = 3,
                   .run = run};

}  // namespace isle::islet
