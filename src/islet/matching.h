#pragma once
// crun's --regex: a verb for every container whose id matches.

#include <string>
#include <vector>

#include "islet/verb.h"

namespace isle::islet {

inline constexpr Option kRegexOption{
    .name = "regex",
    .letter = 'r',
    .help = "ID is a regular expression: every container it matches"};

// `text` itself, or with --regex the ids below --root in which the extended regular expression
// (regex(7)) is found, in alphabetical order; none is no error.
Result<std::vector<std::string>> matching_ids(const Globals& globals, const Arguments& arguments);

// `act` on each of matching_ids. Goes on after a failure, which is logged; the last one is
// returned.
template <typename Act>
Result<void> for_each_id(const Globals& globals, const Arguments& arguments, const Act& act) {
  Result<void> last;
  const std::vector<std::string> ids = TRY(matching_ids(globals, arguments));
  for (const std::string& id : ids) {
    Result<void> done = act(id);
    if (done) continue;
    if (!last) globals.log.error(last.error());
    last = std::move(done);
  }
  return last;
}

}  // namespace isle::islet
