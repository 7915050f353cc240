// isle logout: forgets who we are to a registry.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/registry_flags.h"
#include "cli/registry_name.h"
#include "image/auth_files.h"

namespace isle::cli {
namespace {

struct LogoutRequest {
  image::FetchOptions fetch;
  bool all = false;
};

constexpr CommandFlag<LogoutRequest> kFlags[] = {
    {{"all",
      'a',
      options::Arity::Switch,
      nullptr,
      "Forget all registries of the file",
      options::Section::General},
     take_switch<LogoutRequest, &LogoutRequest::all>},
    kAuthfileFlag<LogoutRequest>,
};

Result<std::string> perform(Arguments arguments) {
  LogoutRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  if (operands.size() > 1 || (request.all && !operands.empty())) {
    return fail(ErrorKind::InvalidArgument, "logout takes one registry, or --all");
  }
  const image::Reference registry = TRY(parse_registry(operands.empty() ? "" : operands.front()));
  const std::string key = request.all ? "" : credentials_key(registry);
  const auto places = TRY(image::erase_credentials(request.fetch.authfile, key));
  if (request.all) return std::string("Removed login credentials for all registries\n");
  if (!places.empty()) return format("Removed login credentials for {}\n", key);
  const auto other = TRY(image::find_credentials("", registry.domain, registry.repository));
  return fail(ErrorKind::NotFound,
              format("isle is not logged in to {}", quoted(key)),
              other ? "docker login has written what there is: docker logout takes it away" : "");
}

}  // namespace

int logout_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("logout"), flags_of(kFlags));
  const auto text = perform(arguments);
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
