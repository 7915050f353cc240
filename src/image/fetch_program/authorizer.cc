#include "image/fetch_program/authorizer.h"

#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "image/base64.h"
#include "image/fetch_program/redirects.h"
#include "image/fetch_program/retry.h"
#include "image/fetch_program/status.h"
#include "image/fetch_program/url.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

constexpr std::chrono::seconds kUsualLife{60};
constexpr std::chrono::seconds kMargin{5};  // a token is not used that near to its end

std::string basic_header(const Credentials& credentials) {
  return "Basic " + to_base64(credentials.user + ":" + credentials.password);
}

// What goes into a header as it is.
bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::unexpected<HttpFailure> failure(Error error, bool passes = false) {
  HttpFailure failure;
  static_cast<Error&>(failure) = std::move(error);
  failure.trouble = passes ? Trouble::Unreachable : Trouble::Other;
  return std::unexpected(std::move(failure));
}

HttpUpload form(const std::string& text) {
  HttpUpload upload;
  upload.size = text.size();
  upload.text = text;
  return upload;
}

std::string scope_query(const std::vector<std::string>& scopes) {
  std::string query;
  for (const std::string& scope : scopes) query += "&scope=" + escape_query(scope);
  return query;
}

// Both forms of the answer, docker's and OAuth 2's.
Result<std::string> token_in(const json::Value& document) {
  std::string token = text_member(document, "token");
  if (token.empty()) token = text_member(document, "access_token");
  if (!token.empty() && is_printable(token)) return token;
  return fail(ErrorKind::Corrupt, "the token server's answer holds no token");
}

const Challenge* find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  const auto found = std::ranges::find(challenges, scheme, &Challenge::scheme);
  return found == challenges.end() ? nullptr : &*found;
}

std::vector<Challenge> challenges_of(const HttpResponse& response) {
  std::vector<Challenge> all;
  for (const auto& [name, value] : response.headers) {
    if (name != "www-authenticate") continue;
    std::vector<Challenge> some = parse_challenges(value);
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

}  // namespace

Result<HttpRequest> token_request(const Challenge& challenge,
                                  const std::vector<std::string>& scopes,
                                  const Credentials& credentials) {
  HttpRequest request;
  const std::string realm = challenge.parameter("realm");
  request.url = TRY_STEP(resolve_url(realm, realm), "the registry's token server");
  const std::string service = challenge.parameter("service");
  std::vector<std::string> wanted = scopes;
  const std::string offered = challenge.parameter("scope");
  if (wanted.empty() && !offered.empty()) wanted.push_back(offered);
  if (!credentials.identity_token.empty()) {
    request.method = "POST";
    request.headers = {"Content-Type: application/x-www-form-urlencoded"};
    request.upload =
        form("grant_type=refresh_token&client_id=isle&service=" + escape_query(service) +
             "&refresh_token=" + escape_query(credentials.identity_token) +
             (wanted.empty() ? "" : "&scope=" + escape_query(join(wanted, " "))));
    return request;
  }
  request.url += request.url.contains('?') ? "&" : "?";
  request.url += "service=" + escape_query(service) + scope_query(wanted);
  if (credentials.user.empty()) return request;
  request.url += "&account=" + escape_query(credentials.user);
  request.authorization = basic_header(credentials);
  return request;
}

HttpResult<Authorizer::Token> Authorizer::fetch_token(const Challenge& challenge,
                                                      const std::vector<std::string>& scopes,
                                                      const std::string& asked_by) {
  const Result<HttpRequest> request = token_request(challenge, scopes, source_.credentials);
  if (!request) return failure(request.error());
  if (asked_by.starts_with("https:") && !request->url.starts_with("https:")) {
    return failure(fail(ErrorKind::Denied,
                        format("the registry's token server, {}, is not asked in the clear",
                               quoted(cut(request->url, '?').before)),
                        "its keeper has to give it an https address")
                       .error());
  }
  TlsIdentity identity = source_.identity;
  if (host_of(request->url) != source_.host) identity.certificate.clear();
  const HttpResult<HttpResponse> response = follow(client_, *request, identity);
  if (!response) return std::unexpected(response.error());
  if (!response->good()) {
    Error error = status_error(request->method, *response);
    if (response->status == 401 && !source_.credentials.empty()) {
      error.hint = "the name or the password is wrong: isle login gives isle others";
    }
    return failure(std::move(error), may_pass(*response));
  }
  const Result<json::Value> document = json::parse(response->body);
  if (!document) return failure(document.error());
  const Result<std::string> token = token_in(*document);
  if (!token) return failure(Error(token.error()).within(request_words(*request)));
  const std::int64_t life = number_member(*document, "expires_in");
  const auto seconds =
      life > 0 ? std::chrono::seconds(std::min<std::int64_t>(life, 86400)) : kUsualLife;
  return Token{.header = "Bearer " + *token,
               .expires = std::chrono::steady_clock::now() + seconds - kMargin};
}

std::string Authorizer::known(const std::vector<std::string>& scopes) {
  const std::scoped_lock lock(mutex_);
  if (basic_) return basic_header(source_.credentials);
  const auto token = tokens_.find(join(scopes, " "));
  if (token == tokens_.end() || token->second.expires < std::chrono::steady_clock::now()) return "";
  return token->second.header;
}

HttpResult<std::string> Authorizer::answer(const HttpResponse& refused,
                                           const std::vector<std::string>& scopes) {
  const std::vector<Challenge> challenges = challenges_of(refused);
  const Credentials& credentials = source_.credentials;
  const Challenge* bearer = find(challenges, "bearer");
  if (bearer != nullptr && is_printable(credentials.registry_token) &&
      !credentials.registry_token.empty()) {
    return "Bearer " + credentials.registry_token;
  }
  // One at a time: those who wait find what the first one got.
  const std::scoped_lock lock(mutex_);
  if (bearer != nullptr) {
    HttpResult<Token> token = fetch_token(*bearer, scopes, refused.url);
    if (!token) return std::unexpected(std::move(token).error());
    return (tokens_[join(scopes, " ")] = std::move(*token)).header;
  }
  if (find(challenges, "basic") == nullptr || credentials.user.empty()) return "";
  basic_ = true;
  return basic_header(credentials);
}

}  // namespace isle::image
