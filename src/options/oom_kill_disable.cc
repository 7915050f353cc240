// --oom-kill-disable: at the limit processes wait instead of being killed. Only v1 has it.
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  if (!container.resources.oom_kill_disable) return {};
  TRY(builder.need_controller(kernel::cgroup::Controller::Memory, "--oom-kill-disable"));
  builder.memory().disable_oom_killer = true;
  return {};
}

}  // namespace

const Option kOomKillDisable{
    .flag = {"oom-kill-disable",
             0,
             Arity::Switch,
             nullptr,
             "Let processes wait at the memory limit instead of killing one (cgroup v1)",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.resources.oom_kill_disable = value == "true";
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
