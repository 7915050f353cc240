// ps: the processes of a container.

#include <algorithm>

#include "base/json.h"
#include "islet/format.h"
#include "islet/verb.h"
#include "runtime/state/create.h"
#include "runtime/state/process_table.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {kFormatOption};

std::string as_json(const std::vector<Pid>& pids) {
  json::Array items;
  for (const Pid pid : pids) items.emplace_back(pid.value);
  return json::write(items) + "\n";
}

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const Format format = TRY(read_format(arguments));
  std::vector<Pid> pids =
      TRY(runtime::container_processes(TRY(globals.root()), arguments.words()[0]));
  std::ranges::sort(pids);
  const std::vector<std::string> options(arguments.words().begin() + 1, arguments.words().end());
  TRY(print(format == Format::Json ? as_json(pids) : TRY(runtime::process_table(pids, options))));
  return 0;
}

}  // namespace

const Verb kPs{.name = "ps",
               .words = "ID [PS-OPTION...]",
               .summary = "print the processes of a container",
               .options = kOptions,
               .order = Order::InFront,
               .least_words = 1,
               .most_words = 1000,
               .run = run};

}  // namespace isle::islet
