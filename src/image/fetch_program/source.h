#pragma once
// A place that is asked for a repository: the registry itself or one of its mirrors, with all that
// configuration and credentials say about it. Made before privileges go; a value.

#include <string>

#include "image/credentials.h"
#include "image/fetch_program/http.h"

namespace isle::image {

struct Source {
  std::string host;        // "registry-1.docker.io", "127.0.0.1:5000"
  std::string name;        // what people call it: "docker.io"
  std::string repository;  // "library/busybox"
  bool insecure = false;   // plain http is allowed, certificates are not looked at
  bool loopback = false;   // plain http is allowed
  bool is_mirror = false;
  bool for_tags = true, for_digests = true;
  TlsIdentity identity;
  Credentials credentials;
};

}  // namespace isle::image
