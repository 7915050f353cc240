// --oom-score-adj: who the kernel kills first when memory runs out, proc(5).
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kOomScoreAdj{
    .flag = {"oom-score-adj",
             0,
             Arity::Value,
             "NUMBER",
             "How readily the kernel kills the container when the host runs out of memory, -1000 "
             "to 1000",
             Section::Limits},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.oom_score_adj =
          static_cast<int>(TRY(parse_between(value, "oom-score-adj", -1000, 1000)));
      return {};
    },
    .apply = [](SpecBuilder& builder, const record::Container& container) -> Result<void> {
      builder.process().oom_score_adj = container.process.oom_score_adj;
      return {};
    },
};

}  // namespace isle::options
