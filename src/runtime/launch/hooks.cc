#include "runtime/launch/hooks.h"

#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "runtime/launch/processes.h"

namespace isle::runtime::launch {

namespace {

oci::Strings own_environment() {
  oci::Strings all;
  for (char** variable = environ; *variable != nullptr; ++variable) all.emplace_back(*variable);
  return all;
}

// crun's annotations for where hooks write.
std::string annotation(const json::Value& state, std::string_view name) {
  const json::Value* all = state.find("annotations");
  const json::Value* value = all == nullptr ? nullptr : all->find(name);
  return value == nullptr || value->string() == nullptr ? "" : *value->string();
}

// Without an env of its own a hook has ours, as with runc and crun.
Result<void> run_hook(const oci::Hook& hook, const std::string& state_json) {
  const json::Value state = TRY(json::parse(state_json));
  const ProgramEnd end =
      TRY(run_program({.candidates = {hook.path},
                       .arguments = hook.args.empty() ? oci::Strings{hook.path} : hook.args,
                       .environment = hook.env.empty() ? own_environment() : hook.env,
                       .input = state_json,
                       .timeout_seconds = hook.timeout.value_or(0),
                       .output_file = annotation(state, "run.oci.hooks.stdout"),
                       .error_file = annotation(state, "run.oci.hooks.stderr")}));
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
