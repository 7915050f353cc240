#pragma once
// A place that is asked for a repository: the registry itself or one of its mirrors, with all that
// configuration and credentials say about it. Made before privileges go; a value.

#include <string>

#include "image/fetch_program/http.h"

namespace isle::image {

struct Credentials {
  std::string user, password;
  std::string identity_token;  // for the token server (OAuth 2), instead of a password
  std::string registry_token;  // a bearer token as it is
  bool empty() const { return user.empty() && identity_token.empty() && registry_token.empty(); }
};

struct Source {
  std::string host;        // "registry-1.docker.io", "127.0.0.1:5000"
  std::string name;        // what people call it: "docker.io"
  std::string repository;  // "library/busybox"
  bool insecure = false;   // plain http is allowed, certificates are not looked at
  bool loopback = false;   // plain http is allowed
  bool for_tags = true, for_digests = true;
  TlsIdentity identity;
  Credentials credentials;
};

}  // namespace isle::image
