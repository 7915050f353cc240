// update: other limits for a running container.

#include <unistd.h>

#include "base/strings.h"
#include "islet/update_flags.h"
#include "islet/verb.h"
#include "kernel/fd.h"
#include "oci/runtime_spec_json.h"
#include "runtime/state/update.h"

namespace isle::islet {

namespace {

Result<oci::Resources> read_file(const std::string& name) {
  const std::string text =
      name == "-" ? TRY(kernel::read_all(STDIN_FILENO)) : TRY(kernel::read_file(HostPath(name)));
  return TRY_STEP(oci::read_resources(text), "read " + (name == "-" ? "standard input" : name));
}

Result<oci::Resources> read_change(const Globals& globals,
                                   const Arguments& arguments,
                                   const runtime::CacheShares& shares) {
  const auto file = arguments.text("resources");
  const std::string_view flag = given_update_flag(arguments);
  if (!file) {
    const bool nothing =
        flag.empty() && shares.l3_cache_schema.empty() && shares.mem_bw_schema.empty();
    if (nothing) globals.log.write(Level::Warning, "update: no limit is given");
    return read_update_flags(arguments);
  }
  if (!flag.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("--{} is given beside --resources", flag),
                "the document holds all limits");
  }
  oci::Resources change = TRY(read_file(*file));
  if (!change.devices.empty()) {
    globals.log.write(Level::Warning, "update: device rules stay as they were made");
  }
  return change;
}

Result<int> run(const Globals& globals, const Arguments& arguments) {
  const runtime::CacheShares shares = read_cache_shares(arguments);
  const oci::Resources change = TRY(read_change(globals, arguments, shares));
  const std::vector<std::string> warnings =
      TRY(runtime::update_container(TRY(globals.root()), arguments.words()[0], change, shares));
  for (const std::string& warning : warnings) globals.log.write(Level::Warning, warning);
  return 0;
}

}  // namespace

const Verb kUpdate{.name = "update",
                   .words = "ID",
                   .summary = "set other limits for a running container",
                   .options = kUpdateOptions,
                   .least_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace isle::islet
