#include "image/fetch_program/redirects.h"

#include <algorithm>

#include "base/strings.h"
#include "image/fetch_program/url.h"

namespace isle::image {
namespace {

constexpr std::size_t kMost = 10;

bool is_redirect(const HttpRequest& request, const HttpResponse& response) {
  if (response.header("location") == nullptr) return false;
  if (response.status == 307 || response.status == 308) return true;
  const bool asks_only = request.method == "GET" || request.method == "HEAD";
  return asks_only && (response.status == 301 || response.status == 302 || response.status == 303);
}

std::unexpected<HttpFailure> refuse(const HttpRequest& request, std::string message) {
  HttpFailure failure;
  failure.kind = ErrorKind::Unavailable;
  failure.message = std::move(message);
  failure.hint =
      "the registry, or a proxy in between, is set up wrongly: its keeper has to mend it";
  static_cast<Error&>(failure) =
      std::move(static_cast<Error&>(failure)).within(request_words(request));
  return std::unexpected(std::move(failure));
}

}  // namespace

HttpResult<HttpResponse> follow(HttpClient& client,
                                HttpRequest request,
                                const TlsIdentity& identity) {
  const std::string home = origin_of(request.url);
  const HttpRequest first = {.method = request.method, .url = request.url};
  std::vector<std::string> seen;
  TlsIdentity elsewhere;  // a client certificate is a credential, too
  elsewhere.verify = identity.verify;
  elsewhere.authorities = identity.authorities;
  for (;;) {
    const bool at_home = origin_of(request.url) == home;
    HttpResult<HttpResponse> response = client.perform(request, at_home ? identity : elsewhere);
    if (!response || !is_redirect(request, *response)) return response;
    const Result<std::string> next = resolve_url(request.url, *response->header("location"));
    if (!next) return refuse(first, "it redirects: " + next.error().message);
    if (request.url.starts_with("https:") && !next->starts_with("https:")) {
      return refuse(first, format("it redirects from https to {}", quoted(cut(*next, '?').before)));
    }
    if (std::ranges::find(seen, *next) != seen.end()) {
      return refuse(first,
                    format("the redirects go in a circle, by {}", quoted(cut(*next, '?').before)));
    }
    if (seen.size() == kMost) return refuse(first, format("more than {} redirects", kMost));
    seen.push_back(*next);
    request.url = *next;
    if (origin_of(request.url) != home) request.authorization.clear();
  }
}

}  // namespace isle::image
