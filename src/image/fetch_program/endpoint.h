#pragma once
// The distribution protocol's manners towards one source: which scheme it speaks, what it wants to
// be shown, and patience when it is busy. Source: distribution-spec 1.1; the token and challenge
// pages of docker's distribution documentation; RFC 9110.

#include <mutex>
#include <string>

#include "base/error.h"
#include "image/fetch_program/authorizer.h"
#include "image/fetch_program/http.h"
#include "image/fetch_program/retry.h"
#include "image/fetch_program/source.h"

namespace isle::image {

struct ApiRequest {
  std::string method = "GET";
  std::string path;  // "/v2/library/busybox/tags/list", or a whole URL
  std::vector<std::string> headers;
  std::string actions = "pull";     // what the token has to allow on the repository
  std::vector<std::string> scopes;  // instead of it: "registry:catalog:*"
  std::optional<HttpUpload> upload;
  BodyTaker take;
  std::size_t limit = 64 << 10;
  std::function<void(std::uint64_t sent)> on_sent;
};

class Endpoint {
 public:
  Endpoint(HttpClient& client, Source source, Patience patience)
      : client_(client),
        source_(std::move(source)),
        authorizer_(client, source_),
        patience_(patience) {}

  const Source& source() const { return source_; }
  // "127.0.0.1:5000/library/busybox".
  std::string words() const { return source_.name + "/" + source_.repository; }
  std::string repository_path() const { return "/v2/" + source_.repository; }

  // The answer, whatever its status; a busy or broken server is asked again first. 401 is
  // answered with the credentials there are.
  Result<HttpResponse> call(const ApiRequest& request);
  // The same once, without asking again.
  HttpResult<HttpResponse> call_once(const ApiRequest& request);
  const Patience& patience() const { return patience_; }

 private:
  HttpClient& client_;
  Source source_;
  Authorizer authorizer_;
  Patience patience_;
  std::mutex mutex_;
  std::string scheme_;  // "https" or "http", once known

  HttpResult<std::string> scheme();
  std::vector<std::string> scopes_of(const ApiRequest& request) const;
  static HttpRequest request_of(const ApiRequest& request);
  bool is_home(const std::string& url);
};

}  // namespace isle::image
