// isle login: who we are to a registry, tried and remembered.
#include <unistd.h>

#include "base/strings.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/registry_flags.h"
#include "cli/registry_name.h"
#include "image/auth_files.h"
#include "image/fetcher.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

struct LoginRequest {
  image::FetchOptions fetch;
  std::string user, password;
  bool password_given = false, password_from_input = false, tell = false;
};

constexpr CommandFlag<LoginRequest> kFlags[] = {
    {{"username", 'u', options::Arity::Value, "NAME", "Who to be", options::Section::General},
     take_text<LoginRequest, &LoginRequest::user>},
    {{"password",
      'p',
      options::Arity::Value,
      "PASSWORD",
      "The password; others on this machine may see it in the list of processes",
      options::Section::General},
     [](LoginRequest& request, std::string_view value) -> Result<void> {
       request.password = value;
       request.password_given = true;
       return {};
     }},
    {{"password-stdin",
      0,
      options::Arity::Switch,
      nullptr,
      "Read the password from standard input",
      options::Section::General},
     take_switch<LoginRequest, &LoginRequest::password_from_input>},
    {{"get-login",
      0,
      options::Arity::Switch,
      nullptr,
      "Say who we are to this registry, and do nothing",
      options::Section::General},
     take_switch<LoginRequest, &LoginRequest::tell>},
    kAuthfileFlag<LoginRequest>,
    kCertDirFlag<LoginRequest>,
    kTlsVerifyFlag<LoginRequest>,
};

// Logging in makes the file; only for looking does it have to be there.
Result<std::optional<image::Credentials>> known_credentials(const LoginRequest& request,
                                                            const image::Reference& registry) {
  const std::string& file = request.fetch.authfile;
  if (!file.empty() && access(file.c_str(), F_OK) != 0) return std::nullopt;
  return image::find_credentials(file, registry.domain, registry.repository);
}

Result<std::string> tell(const LoginRequest& request, const image::Reference& registry) {
  const auto known = TRY(known_credentials(request, registry));
  if (known && !known->user.empty()) return known->user + "\n";
  return fail(ErrorKind::NotFound,
              format("isle knows no name for {}", quoted(credentials_key(registry))),
              "isle login " + credentials_key(registry));
}

Result<void> check(const LoginRequest& request, const image::Reference& registry) {
  image::Fetcher fetcher = TRY(image::Fetcher::start(registry, request.fetch));
  for (const std::string& warning : fetcher.warnings()) warn(warning);
  return fetcher.check_login();
}

// What the flags say, and questions for the rest.
Result<void> complete(LoginRequest& request) {
  constexpr const char* kHint = "use --username and --password-stdin";
  if (request.password_from_input) {
    if (request.user.empty()) {
      return fail(ErrorKind::InvalidArgument, "--password-stdin needs --username");
    }
    request.password = TRY(kernel::read_all(STDIN_FILENO, 1 << 16));
    while (request.password.ends_with('\n') || request.password.ends_with('\r')) {
      request.password.pop_back();
    }
  }
  if (request.user.empty()) request.user = TRY(ask_line("Username", kHint));
  if (!request.password_given && !request.password_from_input) {
    request.password = TRY(ask_secret("Password", kHint));
  }
  const bool good = !request.user.empty() && !request.user.contains(':');
  if (good && !request.password.empty()) return {};
  return fail(
      ErrorKind::InvalidArgument,
      good ? "the password is empty" : format("{} is no user's name", quoted(request.user)));
}

Result<std::string> login(LoginRequest& request, const image::Reference& registry) {
  const std::string key = credentials_key(registry);
  if (request.user.empty() && !request.password_given && !request.password_from_input) {
    const auto known = TRY(known_credentials(request, registry));
    if (known && check(request, registry)) return format("Already logged in to {}\n", key);
  }
  TRY(complete(request));
  request.fetch.creds = request.user + ":" + request.password;
  // The file may not be there yet, and is of no use for this.
  const std::string file = std::exchange(request.fetch.authfile, "");
  TRY(check(request, registry));
  image::Credentials credentials;
  credentials.user = request.user;
  credentials.password = request.password;
  TRY(image::save_credentials(file, key, credentials));
  return std::string("Login Succeeded!\n");
}

Result<std::string> perform(Arguments arguments) {
  LoginRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  if (operands.size() > 1) {
    return fail(ErrorKind::InvalidArgument, "login takes one registry");
  }
  const image::Reference registry = TRY(parse_registry(operands.empty() ? "" : operands.front()));
  if (request.tell) return tell(request, registry);
  return TRY_STEP(login(request, registry), "log in to " + credentials_key(registry));
}

}  // namespace

int login_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("login"), flags_of(kFlags));
  const auto text = perform(arguments);
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
