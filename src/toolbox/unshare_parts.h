#pragma once
// The parts of unshare.cc: the helper that stays outside, and what is done inside.

#include "base/error.h"
#include "kernel/fd.h"
#include "kernel/fork.h"
#include "toolbox/command.h"
#include "toolbox/unshare.h"

namespace isle::toolbox {

// A process that stays in the caller's namespaces and has his powers: it writes the maps of ids and
// makes the bind mounts that keep namespaces. Forked before the unshare.
class UnshareHelper {
 public:
  static Result<UnshareHelper> start(const UnshareRequest& request);
  Result<void> write_maps() const { return ask('m'); }
  Result<void> make_pins() const { return ask('p'); }
  void end();

 private:
  kernel::UniqueFd wire_;
  kernel::ForkedChild child_;

  Result<void> ask(char what) const;
  [[noreturn]] static void serve(const UnshareRequest& request, Pid parent, int wire);
};

// Propagation, root, procfs, binfmt_misc and working directory, in the new namespaces.
Result<void> prepare_mounts(Steps& steps, const UnshareRequest& request);

}  // namespace isle::toolbox
