#include "image/fetch_program/lists.h"

#include "base/json.h"
#include "base/strings.h"
#include "image/fetch_program/status.h"
#include "image/fetch_program/url.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

constexpr std::size_t kPageBytes = std::size_t{8} << 20;
constexpr std::size_t kMost = 200'000;  // names; a registry without an end is a broken one

Result<std::vector<std::string>> fetch_list(Endpoint& endpoint,
                                            ApiRequest request,
                                            std::string_view member) {
  request.limit = kPageBytes;
  std::vector<std::string> all;
  for (;;) {
    const HttpResponse response = TRY(endpoint.call(request));
    if (!response.good()) return std::unexpected(status_error(request.method, response));
    const json::Value page = TRY_STEP(json::parse(response.body), response.url);
    for (std::string& name : texts_member(page, member)) all.push_back(std::move(name));
    const std::string* link = response.header("link");
    const std::string next = link == nullptr ? "" : next_page(*link);
    if (next.empty()) return all;
    request.path = TRY(resolve_url(response.url, next));
    if (all.size() <= kMost) continue;
    return fail(ErrorKind::Corrupt,
                format("{} lists more than {} names", endpoint.source().name, kMost));
  }
}

}  // namespace

std::string next_page(std::string_view link) {
  const std::size_t start = link.find('<');
  const std::size_t end = link.find('>');
  if (start == std::string_view::npos || end == std::string_view::npos || end < start) return "";
  const std::string_view rest = link.substr(end);
  if (!rest.contains("rel=\"next\"") && !rest.contains("rel=next")) return "";
  return std::string(link.substr(start + 1, end - start - 1));
}

Result<std::vector<std::string>> fetch_tags(Endpoint& endpoint) {
  ApiRequest request;
  request.path = endpoint.repository_path() + "/tags/list?n=1000";
  return fetch_list(endpoint, request, "tags");
}

Result<std::vector<std::string>> fetch_repositories(Endpoint& endpoint) {
  ApiRequest request;
  request.path = "/v2/_catalog?n=1000";
  request.scopes = {"registry:catalog:*"};
  return fetch_list(endpoint, request, "repositories");
}

}  // namespace isle::image
