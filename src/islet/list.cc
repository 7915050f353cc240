// list: all containers below --root, in columns as wide as what is in them.

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "islet/format.h"
#include "islet/state_document.h"
#include "islet/verb.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    kFormatOption,
    {.name = "quiet", .letter = 'q', .help = "print ids only"},
};

using Row = std::array<std::string, 6>;

std::string table(const std::vector<oci::State>& states) {
  std::vector<Row> rows = {{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
  for (const oci::State& state : states) {
    rows.push_back({state.id,
                    std::to_string(state.pid),
                    state.status,
                    state.bundle,
                    state.created,
                    state.owner});
  }
  // runc's widths, which its callers' scripts cut by: three blanks between, twelve at least.
  std::array<std::size_t, 6> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max({widths[i], row[i].size() + 3, std::size_t{12}});
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += format("{:<{}}", row[i], widths[i]);
    text += row.back() + "\n";
  }
  return text;
}

std::string ids(const std::vector<oci::State>& states) {
  std::string text;
  for (const oci::State& state : states) text += state.id + "\n";
  return text;
}

std::string as_json(const std::vector<oci::State>& states) {
  json::Array items;
  for (const oci::State& state : states) items.push_back(state_json(state));
  return json::write(items) + "\n";
}

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const Format format = TRY(read_format(arguments));
  runtime::StateList list = TRY(runtime::list_states(TRY(globals.root())));
  std::ranges::sort(list.states, {}, &runtime::ContainerState::id);
  for (const Error& broken : list.broken) globals.log.error(broken);
  std::vector<oci::State> states;
  states.reserve(list.states.size());
  for (const runtime::ContainerState& state : list.states) states.push_back(state_document(state));
  TRY(print(arguments.on("quiet")    ? ids(states)
            : format == Format::Json ? as_json(states)
                                     : table(states)));
  return 0;
}

}  // namespace

const Verb kList{.name = "list",
                 .words = "",
                 .summary = "list the containers below --root",
                 .options = kOptions,
                 .run = run};

}  // namespace isle::islet
