// isle create: all of run but the running.
#include "engine/create.h"
#include "base/strings.h"
#include "cli/command.h"
#include "cli/provide.h"

namespace isle::cli {
namespace {

Result<void> check(const options::RunRequest& request) {
  if (request.detach) {
    return fail(ErrorKind::InvalidArgument,
                "create starts nothing: leave --detach out",
                "isle start runs it without waiting");
  }
  if (request.session.chosen()) {
    return fail(ErrorKind::InvalidArgument,
                "create starts nothing: leave --attach out",
                "isle start --attach joins it");
  }
  if (request.explain != options::Explain::No) {
    return fail(ErrorKind::InvalidArgument,
                "create starts nothing: leave --explain out",
                "isle run --explain=only shows what would be done");
  }
  return {};
}

// Not `run`'s flags for the one run.
std::vector<options::Flag> create_flags() {
  std::vector<options::Flag> flags = options::option_flags();
  std::erase_if(flags, [](const options::Flag& flag) {
    const std::string_view name = flag.name;
    return name == "detach" || name == "explain" || name == "attach" || name == "detach-keys" ||
           name == "sig-proxy";
  });
  return flags;
}

}  // namespace

int create_command(Arguments arguments) {
  auto request = options::parse_run(arguments, "create");
  if (!request) return complain(request.error());
  if (request->help) return print_command_help(*find_command("create"), create_flags());
  if (const auto checked = check(*request); !checked) return complain(checked.error());
  const auto paths = engine::Paths::open();
  if (!paths) return complain(paths.error());
  const std::string name = called(request->container);
  const auto provided = provide(*paths, *request);
  if (!provided) return complain(Error(provided.error()).within(format("create {}", quoted(name))));
  const auto made = engine::create_requested(*paths, *request);
  if (!made) return complain(Error(made.error()).within(format("create {}", quoted(name))));
  for (const std::string& warning : made->prepared.warnings) warn(warning);
  print(made->container.id + "\n");
  return 0;
}

}  // namespace isle::cli
