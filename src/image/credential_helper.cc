#include "image/credential_helper.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/fetch_wire.h"
#include "kernel/process.h"

namespace isle::image {
namespace {

struct Answer {
  std::string text;
  int status = 0;
};

// The name comes from a file that belongs to the user, but it is a name and no path.
Result<HostPath> find_program(const std::string& name) {
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (!plain) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no name of a credential helper", quoted(name)));
  }
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    if (!directory.starts_with('/')) continue;
    HostPath program = HostPath(std::string(directory)) / ("docker-credential-" + name);
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  return fail(ErrorKind::NotFound,
              format("the credential helper docker-credential-{} is not in PATH", name),
              "install it, or take it out of credHelpers or credsStore of the file that names it");
}

Result<Answer> run(const std::string& name, const char* verb, const std::string& input) {
  kernel::FdPair to = TRY(kernel::make_pipe());
  kernel::FdPair from = TRY(kernel::make_pipe());
  kernel::SpawnRequest request;
  request.program = TRY(find_program(name));
  request.arguments = {"docker-credential-" + name, verb};
  request.fds = {{.from = to.first.get(), .to = STDIN_FILENO},
                 {.from = from.second.get(), .to = STDOUT_FILENO}};
  const kernel::ChildProcess program = TRY(kernel::spawn(request));
  to.first.reset();
  from.second.reset();
  // A few bytes, which any pipe takes; the helper may not want them.
  static_cast<void>(kernel::write_all(to.second.get(), input));
  to.second.reset();
  Answer answer;
  answer.text = TRY(kernel::read_all(from.first.get(), 1 << 20));
  answer.status = TRY(kernel::wait_for(program.pidfd.get())).status;
  return answer;
}

bool says_not_found(const Answer& answer) {
  return answer.status != 0 && answer.text.contains("credentials not found");
}

std::unexpected<Error> complaint(const std::string& name, const char* verb, const Answer& answer) {
  constexpr std::size_t kShown = 200;
  const std::string said(trim(answer.text).substr(0, kShown));
  return fail(ErrorKind::Unavailable,
              format("docker-credential-{} {} ended with status {}{}",
                     name,
                     verb,
                     answer.status,
                     said.empty() ? "" : ": " + quoted(said)));
}

}  // namespace

Result<std::optional<Credentials>> ask_helper(const std::string& name, const std::string& key) {
  const Answer answer = TRY(run(name, "get", key));
  if (says_not_found(answer)) return std::nullopt;
  if (answer.status != 0) return complaint(name, "get", answer);
  const json::Value document = TRY_STEP(json::parse(answer.text), "docker-credential-" + name);
  Credentials credentials;
  credentials.user = text_member(document, "Username");
  credentials.password = text_member(document, "Secret");
  if (credentials.user != "<token>") return credentials;
  // The protocol's way to say that the secret is a token of OAuth 2.
  credentials.identity_token = std::move(credentials.password);
  credentials.user.clear();
  credentials.password.clear();
  return credentials;
}

Result<void> tell_helper(const std::string& name,
                         const std::string& key,
                         const Credentials& credentials) {
  json::Value document;
  document["ServerURL"] = key;
  document["Username"] = credentials.user;
  document["Secret"] = credentials.password;
  const Answer answer = TRY(run(name, "store", json::write(document)));
  if (answer.status != 0) return complaint(name, "store", answer);
  return {};
}

Result<bool> clear_helper(const std::string& name, const std::string& key) {
  const Answer answer = TRY(run(name, "erase", key));
  if (says_not_found(answer)) return false;
  if (answer.status != 0) return complaint(name, "erase", answer);
  return true;
}

}  // namespace isle::image
