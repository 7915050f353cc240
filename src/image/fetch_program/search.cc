#include "image/fetch_program/search.h"

#include "base/strings.h"
#include "image/fetch_program/lists.h"
#include "image/fetch_program/status.h"
#include "image/fetch_program/url.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

bool bool_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member != nullptr && member->boolean() != nullptr && *member->boolean();
}

json::Value hit_of(const json::Value& result) {
  json::Value hit;
  hit["name"] = text_member(result, "name");
  hit["description"] = text_member(result, "description");
  hit["stars"] = number_member(result, "star_count");
  hit["official"] = bool_member(result, "is_official");
  hit["automated"] = bool_member(result, "is_automated");
  return hit;
}

json::Value hits_of(const json::Value& answer, unsigned limit) {
  json::Value hits(json::Array{});
  const json::Value* results = answer.find("results");
  if (results == nullptr || results->array() == nullptr) return hits;
  for (const json::Value& result : *results->array()) {
    if (hits.array()->size() == limit) break;
    hits.push_back(hit_of(result));
  }
  return hits;
}

Result<json::Value> search_catalogue(Endpoint& endpoint, const std::string& term, unsigned limit) {
  json::Value hits(json::Array{});
  for (const std::string& name : TRY(fetch_repositories(endpoint))) {
    if (hits.array()->size() == limit) break;
    if (!lower(name).contains(lower(term))) continue;
    json::Value hit;
    hit["name"] = name;
    hits.push_back(std::move(hit));
  }
  return hits;
}

}  // namespace

Result<json::Value> search_registry(Endpoint& endpoint, const std::string& term, unsigned limit) {
  ApiRequest request;
  const bool is_hub = endpoint.source().name == "docker.io";
  // The Hub's search is with another host than its images.
  request.path = format(
      "{}/v1/search?q={}&n={}", is_hub ? "https://index.docker.io" : "", escape_query(term), limit);
  request.limit = std::size_t{8} << 20;
  const HttpResponse response = TRY(endpoint.call(request));
  if (response.good()) {
    const Result<json::Value> answer = json::parse(response.body);
    if (answer && answer->find("results") != nullptr) return hits_of(*answer, limit);
  }
  if (is_hub) return std::unexpected(status_error(request.method, response));
  Result<json::Value> hits = search_catalogue(endpoint, term, limit);
  if (hits) return hits;
  return std::unexpected(std::move(hits).error().advise(
      "this registry may have no search, and list its repositories to nobody"));
}

}  // namespace isle::image
