// --explain: the plan, in words or for programs, with the time each step took.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> parse(RunRequest& request, std::string_view value) {
  if (value.empty() || value == "text") {
    request.explain = Explain::Words;
  } else if (value == "json") {
    request.explain = Explain::Json;
  } else if (value == "only") {
    request.explain = Explain::Only;
  } else {
    return fail(ErrorKind::InvalidArgument,
                format("--explain cannot be {}", quoted(value)),
                "it is one of text, json and only");
  }
  return {};
}

}  // namespace

const Option kExplain{
    .flag = {"explain",
             0,
             Arity::Optional,
             "text|json|only",
             "Show every step of what is done: what, why, who, the system call, and the time it "
             "took; \"only\" shows the plan and runs nothing",
             Section::General},
    .parse = parse,
    .apply = nullptr,
};

}  // namespace isle::options
