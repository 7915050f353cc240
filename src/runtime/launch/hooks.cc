#include "runtime/launch/hooks.h"

#include "base/strings.h"
#include "runtime/launch/processes.h"

namespace isle::runtime::launch {

namespace {

Result<void> run_hook(const oci::Hook& hook, const std::string& state_json) {
  const ProgramEnd end =
      TRY(run_program({.candidates = {hook.path},
                       .arguments = hook.args.empty() ? oci::Strings{hook.path} : hook.args,
                       .environment = hook.env,
                       .input = state_json,
                       .timeout_seconds = hook.timeout.value_or(0)}));
  if (end.status == 0) return {};
  const std::string how = end.status > 128 ? format("was ended by signal {}", end.status - 128)
                                           : format("ended with status {}", end.status);
  return fail(ErrorKind::System, format("it {}: {}", how, trim(end.error_output)));
}

}  // namespace

Result<void> run_hooks(std::string_view kind,
                       const std::vector<oci::Hook>& hooks,
                       const std::string& state_json) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    TRY_STEP(run_hook(hooks[i], state_json),
             format("hooks.{}[{}] {}", kind, i, quoted(hooks[i].path)));
  }
  return {};
}

}  // namespace isle::runtime::launch
