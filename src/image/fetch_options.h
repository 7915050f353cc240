#pragma once
// How registries are to be talked to: what flags of pull, push, login and search say.

#include <optional>
#include <string>

#include "base/error.h"
#include "base/json.h"

namespace isle::image {

struct FetchOptions {
  std::optional<bool> tls_verify;  // absent: as the configuration says, else true
  std::string creds;               // "USER:PASSWORD", or "USER"
  std::string authfile;            // empty: the usual places (docs/registries.md)
  std::string cert_dir;            // empty: certs.d of the usual places
  // Of a request that failed in a way that may pass; absent: 3.
  std::optional<unsigned> retries;
  // The registry was not written, only meant: one that does not answer at all is not waited for,
  // unless retries are asked for.
  bool short_name = false;
  unsigned retry_delay = 1;  // seconds before the first retry; doubles each time
};

json::Value write_fetch_options(const FetchOptions& options);
FetchOptions read_fetch_options(const json::Value& value);

}  // namespace isle::image
