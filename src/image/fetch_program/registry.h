#pragma once
// The requests that are served: each tries the sources in their order, and the words of the last
// one's failure stand for all.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/fetch_program/endpoint.h"
#include "image/fetch_program/source.h"
#include "oci/digest.h"

namespace isle::image {

struct ManifestAnswer {
  oci::Digest digest;
  std::string media_type, bytes, source;
};

struct BlobRequest {
  oci::Digest digest;
  std::uint64_t size = 0;
  std::uint64_t from = 0;
  int to = -1;            // where its bytes go
  std::string elsewhere;  // an address the image gives for it, which is not followed
  std::function<void(std::uint64_t received)> on_progress;
};

class Registry {
 public:
  Registry(std::vector<Source> sources, Patience patience, unsigned silence);

  // `what`: a tag or a digest.
  Result<ManifestAnswer> manifest(const std::string& what);
  Result<void> blob(const BlobRequest& request);
  // Of the registry itself: no mirror is asked to log in, searched or written to.
  Endpoint& home() { return endpoints_.back(); }
  // Whether it takes the credentials there are.
  Result<void> check_login();

 private:
  HttpClient client_;
  std::deque<Endpoint> endpoints_;
};

}  // namespace isle::image
