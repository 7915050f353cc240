#include "image/fetch_program/manifest.h"

#include "base/json.h"
#include "base/strings.h"
#include "image/fetch_program/status.h"
#include "image/fetch_wire.h"
#include "image/unpack_program/hash.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

constexpr std::size_t kLargest = std::size_t{4} << 20;

ApiRequest request_for(const Endpoint& endpoint, const std::string& what) {
  ApiRequest request;
  request.path = endpoint.repository_path() + "/manifests/" + what;
  request.headers = {format("Accept: {}, {}, {}, {}",
                            oci::media_type::kManifest,
                            oci::media_type::kIndex,
                            oci::media_type::kDockerManifest,
                            oci::media_type::kDockerList)};
  request.limit = kLargest;
  return request;
}

std::string media_type_of(const HttpResponse& response) {
  const std::string* type = response.header("content-type");
  std::string said(type == nullptr ? "" : trim(cut(*type, ';').before));
  if (oci::is_index(said) || oci::is_manifest(said)) return said;
  const Result<json::Value> document = json::parse(response.body);
  const std::string own = document ? text_member(*document, "mediaType") : "";
  return own.empty() ? said : own;
}

Result<void> check_digest_of(const ManifestAnswer& answer,
                             const std::string& what,
                             const HttpResponse& response) {
  const std::string* told = response.header("docker-content-digest");
  const std::string expected = what.contains(':') ? what : (told == nullptr ? "" : *told);
  if (expected.empty() || expected == answer.digest.str()) return {};
  return fail(ErrorKind::Corrupt,
              format("the manifest's digest is {}, not {}", answer.digest.str(), expected),
              "it was damaged or exchanged, at the registry or on its way");
}

Result<void> refuse_old(const std::string& media_type) {
  if (!media_type.starts_with("application/vnd.docker.distribution.manifest.v1+")) return {};
  return fail(ErrorKind::Unsupported,
              "the manifest is of docker's schema 1, which is out of use since 2017",
              "push the image anew with a tool of today");
}

}  // namespace

Result<oci::Digest> digest_of(const std::string& bytes, std::string_view algorithm) {
  Hasher hasher = TRY(Hasher::create(algorithm));
  hasher.add(bytes);
  return hasher.finish();
}

Result<ManifestAnswer> fetch_manifest(Endpoint& endpoint, const std::string& what) {
  const ApiRequest request = request_for(endpoint, what);
  const HttpResponse response = TRY(endpoint.call(request));
  if (!response.good()) return std::unexpected(status_error(request.method, response));
  const Cut wanted = cut(what, ':');
  ManifestAnswer answer;
  answer.digest = TRY(digest_of(response.body, wanted.found ? wanted.before : "sha256"));
  answer.media_type = media_type_of(response);
  answer.source = endpoint.words();
  const std::string words = request_words({.method = "GET", .url = response.url});
  TRY_STEP(check_digest_of(answer, what, response), words);
  TRY_STEP(refuse_old(answer.media_type), words);
  answer.bytes = response.body;
  return answer;
}

}  // namespace isle::image
