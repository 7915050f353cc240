#include "image/fetch_program/endpoint.h"

#include <array>

#include "base/json.h"
#include "base/strings.h"
#include "image/fetch_program/redirects.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

struct Phrase {
  int status;
  const char* words;
};
constexpr std::array kPhrases = {Phrase{400, "Bad Request"},
                                 Phrase{401, "Unauthorized"},
                                 Phrase{403, "Forbidden"},
                                 Phrase{404, "Not Found"},
                                 Phrase{405, "Method Not Allowed"},
                                 Phrase{413, "Content Too Large"},
                                 Phrase{416, "Range Not Satisfiable"},
                                 Phrase{429, "Too Many Requests"},
                                 Phrase{500, "Internal Server Error"},
                                 Phrase{502, "Bad Gateway"},
                                 Phrase{503, "Service Unavailable"},
                                 Phrase{504, "Gateway Timeout"}};

std::string status_words(int status) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return format("{} {}", status, phrase.words);
  }
  return format("status {}", status);
}

// {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}, or what else it says.
std::string registrys_words(const HttpResponse& response) {
  constexpr std::size_t kShown = 200;
  const Result<json::Value> body = json::parse(response.body);
  const json::Value* errors = body ? body->find("errors") : nullptr;
  if (errors == nullptr || errors->array() == nullptr || errors->array()->empty()) {
    if (body && !text_member(*body, "details").empty()) return text_member(*body, "details");
    const std::string* type = response.header("content-type");
    const bool plain = type != nullptr && type->starts_with("text/plain");
    return plain ? std::string(trim(response.body).substr(0, kShown)) : "";
  }
  const json::Value& first = errors->array()->front();
  const std::string code = text_member(first, "code");
  const std::string message = text_member(first, "message");
  return (code.empty() || message.empty() ? code + message : code + ": " + message)
      .substr(0, kShown);
}

ErrorKind kind_of_status(int status) {
  if (status == 401 || status == 403) return ErrorKind::Denied;
  if (status == 404) return ErrorKind::NotFound;
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    return ErrorKind::Unavailable;
  }
  return ErrorKind::System;
}

const char* hint_of_status(int status) {
  if (status == 401) return "isle login gives isle a name and a password for this registry";
  if (status == 403)
    return "this user may not: ask the registry's keeper, or isle login as another";
  if (status == 429) return "the registry limits how often it is asked: wait, or isle login";
  if (status >= 500) return "the registry is broken for now: try again later";
  return "";
}

}  // namespace

Error status_error(const ApiRequest& request, const HttpResponse& response) {
  const std::string words = registrys_words(response);
  Error error;
  error.kind = kind_of_status(response.status);
  error.message = status_words(response.status);
  if (!words.empty()) error.message += ", the registry says: " + quoted(words);
  error.hint = hint_of_status(response.status);
  return std::move(error).within(request_words({.method = request.method, .url = response.url}));
}

HttpRequest Endpoint::request_of(const ApiRequest& request, const std::string& scheme) const {
  HttpRequest out;
  out.method = request.method;
  out.url =
      request.path.starts_with("/") ? scheme + "://" + source_.host + request.path : request.path;
  out.headers = request.headers;
  out.upload = request.upload;
  out.take = request.take;
  out.limit = request.limit;
  out.on_sent = request.on_sent;
  return out;
}

// Plain http only where it is allowed, and only when https gets no answer at all.
HttpResult<std::string> Endpoint::scheme() {
  const std::scoped_lock lock(mutex_);
  if (!scheme_.empty()) return scheme_;
  HttpRequest ping;
  ping.url = "https://" + source_.host + "/v2/";
  HttpResult<HttpResponse> secure = follow(client_, ping, source_.identity);
  if (secure) return scheme_ = "https";
  const bool plain_is_allowed = source_.insecure || source_.loopback;
  const Trouble trouble = secure.error().trouble;
  const bool no_tls_there = trouble == Trouble::NotTls || trouble == Trouble::Unreachable ||
                            trouble == Trouble::Cut || trouble == Trouble::Silence;
  if (!plain_is_allowed || !no_tls_there) return std::unexpected(std::move(secure).error());
  ping.url = "http://" + source_.host + "/v2/";
  const HttpResult<HttpResponse> plain = follow(client_, ping, source_.identity);
  if (plain && plain->status != 400) return scheme_ = "http";
  // The words about the way that is there are of more use.
  if (!plain && trouble == Trouble::NotTls) return std::unexpected(plain.error());
  return std::unexpected(std::move(secure).error());
}

HttpResult<HttpResponse> Endpoint::call_once(const ApiRequest& request) {
  const HttpResult<std::string> known = scheme();
  if (!known) return std::unexpected(known.error());
  return follow(client_, request_of(request, *known), source_.identity);
}

Result<HttpResponse> Endpoint::call(const ApiRequest& request) {
  Attempts attempts(patience_);
  for (;;) {
    HttpResult<HttpResponse> response = call_once(request);
    const bool passes = response ? may_pass(*response) : may_pass(response.error());
    if (passes && attempts.again(response ? &*response : nullptr)) continue;
    if (!response) return std::unexpected<Error>(std::move(response).error());
    return std::move(*response);
  }
}

}  // namespace isle::image
