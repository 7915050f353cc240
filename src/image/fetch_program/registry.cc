#include "image/fetch_program/registry.h"

#include "base/strings.h"
#include "image/fetch_program/blob.h"
#include "image/fetch_program/manifest.h"
#include "image/fetch_program/status.h"

namespace isle::image {
namespace {

// Tells what every source said, when there were several.
class Failures {
 public:
  void add(const Endpoint& endpoint, Error error) {
    if (last_) said_.push_back(format("{}: {}", source_, last_->describe()));
    source_ = endpoint.words();
    last_ = std::move(error);
  }
  std::unexpected<Error> all() && {
    if (!last_) return fail(ErrorKind::Denied, "no source may be asked for this");
    for (const std::string& words : said_) last_->message += "; before it, " + words;
    return std::unexpected(std::move(*last_));
  }

 private:
  std::vector<std::string> said_;
  std::string source_;
  std::optional<Error> last_;
};

}  // namespace

Registry::Registry(std::vector<Source> sources, Patience patience, unsigned silence)
    : client_(silence) {
  for (Source& source : sources) endpoints_.emplace_back(client_, std::move(source), patience);
}

Result<ManifestAnswer> Registry::manifest(const std::string& what) {
  Failures failures;
  const bool by_digest = what.contains(':');
  for (Endpoint& endpoint : endpoints_) {
    if (!(by_digest ? endpoint.source().for_digests : endpoint.source().for_tags)) continue;
    Result<ManifestAnswer> answer = fetch_manifest(endpoint, what);
    if (answer) return answer;
    failures.add(endpoint, std::move(answer).error());
  }
  return std::move(failures).all();
}

Result<void> Registry::blob(const BlobRequest& request) {
  Failures failures;
  BlobRequest rest = request;  // what one source gave, the next goes on from
  for (Endpoint& endpoint : endpoints_) {
    if (!endpoint.source().for_digests) continue;
    BlobFailure failure = fetch_blob(endpoint, rest);
    if (!failure) return {};
    const bool final = failure->taker_is_gone;
    failures.add(endpoint, std::move(failure->error));
    if (final) break;
  }
  Result<void> failed = std::move(failures).all();
  if (!request.elsewhere.empty() && failed.error().kind == ErrorKind::NotFound) {
    failed.error().hint = format(
        "the image says that this part lies outside of the registry, at {}: isle does not follow "
        "such addresses (foreign layers)",
        quoted(request.elsewhere));
  }
  return failed;
}

Result<void> Registry::check_login() {
  ApiRequest request;
  request.path = "/v2/";
  const HttpResponse response = TRY(home().call(request));
  if (!response.good()) return std::unexpected(status_error(request.method, response));
  return {};
}

}  // namespace isle::image
