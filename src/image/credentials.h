#pragma once
// Who we are to a registry, and the document that remembers it: auth.json of the containers tools,
// which is docker's config.json as far as credentials go. Pure.
// Source: containers-auth.json(5); the page on docker login's credential stores.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace isle::image {

struct Credentials {
  std::string user, password;
  std::string identity_token;  // for the token server (OAuth 2), instead of a password
  std::string registry_token;  // a bearer token as it is
  bool empty() const { return user.empty() && identity_token.empty() && registry_token.empty(); }
};

// "USER:PASSWORD", as --creds has it.
Result<Credentials> parse_creds(std::string_view text);

// The names under which a document may hold what belongs to a repository, nearest first:
// "quay.io/a/b", "quay.io/a", "quay.io"; for docker.io those it had in the course of time, too.
std::vector<std::string> credential_keys(std::string_view domain, std::string_view repository);

// Of a document (null is an empty one). Errors: Corrupt, when an entry cannot be read.
Result<std::optional<Credentials>> find_in(const json::Value& document,
                                           std::string_view domain,
                                           std::string_view repository);
// The credential helper a document names for a registry: "pass" for docker-credential-pass. Its own
// ("credHelpers") before the one for all ("credsStore"); "" if none.
std::string helper_for(const json::Value& document, std::string_view domain);

// The rest of the document stays as it is.
void put_into(json::Value& document, std::string_view key, const Credentials& credentials);
// False: there was nothing.
bool take_from(json::Value& document, std::string_view key);

}  // namespace isle::image
