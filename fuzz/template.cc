// A template of --format is the user's own, but it is often made by a script of what others wrote.
// It is taken apart and run over a small document: no crash, and errors that name a column.

#include <string>

#include "base/json.h"
#include "check.h"
#include "cli/output/template.h"

namespace {

using namespace isle;

const json::Value& document() {
  static const json::Value kDocument = MUST(json::parse(R"({
    "Id": "abc", "Size": 12, "Ratio": 1.5, "On": true, "None": null,
    "Env": ["A=1", "B=2"], "Labels": {"a": "x"}, "Rows": [{"N": 1}, {"N": 2}]})"));
  return kDocument;
}

void check_error(const Error& error) {
  fuzz::check(error.message.find("column ") != std::string::npos, "an error names the column");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 512) return 0;  // ranges in ranges take their time
  const auto made = cli::Template::parse(fuzz::text_of(data, size));
  if (!made) {
    check_error(made.error());
    return 0;
  }
  const auto output = made->run(document());
  if (!output) check_error(output.error());
  return 0;
}
