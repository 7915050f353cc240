#include "image/fetch_program/endpoint.h"

#include "image/fetch_program/redirects.h"
#include "image/fetch_program/url.h"

namespace isle::image {

HttpRequest Endpoint::request_of(const ApiRequest& request) {
  HttpRequest out;
  out.method = request.method;
  out.url = request.path;
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

std::vector<std::string> Endpoint::scopes_of(const ApiRequest& request) const {
  if (!request.scopes.empty() || source_.repository.empty()) return request.scopes;
  return {"repository:" + source_.repository + ":" + request.actions};
}

HttpResult<HttpResponse> Endpoint::call_once(const ApiRequest& request) {
  HttpRequest asked = request_of(request);
  if (request.path.starts_with("/")) {
    const HttpResult<std::string> known = scheme();
    if (!known) return std::unexpected(known.error());
    asked.url = *known + "://" + source_.host + request.path;
  }
  const std::vector<std::string> scopes = scopes_of(request);
  if (is_home(asked.url)) asked.authorization = authorizer_.known(scopes);
  HttpResult<HttpResponse> response = follow(client_, asked, source_.identity);
  // What another host asks for, to which we were sent, is not for it to know.
  if (!response || response->status != 401 || !is_home(response->url)) return response;
  HttpResult<std::string> answer = authorizer_.answer(*response, scopes);
  if (!answer) return std::unexpected(std::move(answer).error());
  if (answer->empty()) return response;
  asked.authorization = std::move(*answer);
  response = follow(client_, std::move(asked), source_.identity);
  if (response) response->identified = !source_.credentials.empty();
  return response;
}

bool Endpoint::is_home(const std::string& url) {
  const std::scoped_lock lock(mutex_);
  return !scheme_.empty() && origin_of(url) == origin_of(scheme_ + "://" + source_.host);
}

Result<HttpResponse> Endpoint::call(const ApiRequest& request) {
  Attempts attempts(patience_);
  for (;;) {
    HttpResult<HttpResponse> response = call_once(request);
    const bool passes = response ? may_pass(*response) : may_pass(response.error());
    if (!response && patience_.wants_answer && !client_.has_answer()) {
      return std::unexpected<Error>(std::move(response).error());
    }
    if (passes && attempts.again(response ? &*response : nullptr)) continue;
    if (!response) return std::unexpected<Error>(std::move(response).error());
    return std::move(*response);
  }
}

}  // namespace isle::image
