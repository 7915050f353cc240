#include "image/credentials.h"

#include <algorithm>

#include "base/strings.h"
#include "image/base64.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

constexpr std::string_view kHubNames[] = {
    "docker.io", "https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"};

// docker writes some keys as addresses: "https://host/v1/".
std::string_view plain_key(std::string_view key) {
  const std::size_t scheme = key.find("://");
  if (scheme == std::string_view::npos) return key;
  return cut(key.substr(scheme + 3), '/').before;
}

const json::Value* entry_of(const json::Value& entries, std::string_view key) {
  if (const json::Value* exact = entries.find(key)) return exact;
  const json::Object* members = entries.object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find_if(
      *members, [key](const json::Member& member) { return plain_key(member.key) == key; });
  return found == members->end() ? nullptr : &found->value;
}

Result<Credentials> read_entry(const json::Value& entry, std::string_view key) {
  Credentials credentials;
  credentials.identity_token = text_member(entry, "identitytoken");
  credentials.registry_token = text_member(entry, "registrytoken");
  credentials.user = text_member(entry, "username");
  credentials.password = text_member(entry, "password");
  const std::string packed = text_member(entry, "auth");
  if (packed.empty()) return credentials;
  const std::string text = from_base64(packed).value_or("");
  const Cut parts = cut(text, ':');
  if (!parts.found) {
    return fail(ErrorKind::Corrupt,
                format("the entry {} does not hold a name and a password in base64", quoted(key)),
                "isle login writes it anew");
  }
  credentials.user = parts.before;
  credentials.password = parts.after.substr(0, parts.after.find('\0'));  // docker once padded them
  return credentials;
}

// An object that is there after this, whatever was there before.
json::Value& object_in(json::Value& document, std::string_view name) {
  if (document.object() == nullptr) document = json::Value(json::Object{});
  json::Value& member = document[name];
  if (member.object() == nullptr) member = json::Value(json::Object{});
  return member;
}

}  // namespace

Result<Credentials> parse_creds(std::string_view text) {
  const Cut parts = cut(text, ':');
  if (parts.found && !parts.before.empty()) {
    Credentials credentials;
    credentials.user = parts.before;
    credentials.password = parts.after;
    return credentials;
  }
  return fail(ErrorKind::InvalidArgument, "--creds is not of the form USER:PASSWORD");
}

std::vector<std::string> credential_keys(std::string_view domain, std::string_view repository) {
  std::vector<std::string> keys;
  std::string key = format("{}/{}", domain, repository);
  if (repository.empty()) key = domain;
  while (key.size() > domain.size()) {
    keys.push_back(key);
    key.resize(key.rfind('/'));
  }
  if (domain == "docker.io") {
    keys.insert(keys.end(), std::begin(kHubNames), std::end(kHubNames));
  } else {
    keys.emplace_back(domain);
  }
  return keys;
}

Result<std::optional<Credentials>> find_in(const json::Value& document,
                                           std::string_view domain,
                                           std::string_view repository) {
  const json::Value* entries = document.find("auths");
  if (entries == nullptr) return std::nullopt;
  for (const std::string& key : credential_keys(domain, repository)) {
    const json::Value* entry = entry_of(*entries, key);
    if (entry == nullptr) continue;
    Credentials found = TRY(read_entry(*entry, key));
    // docker leaves an empty entry where a helper has what belongs there.
    if (!found.empty()) return found;
  }
  return std::nullopt;
}

std::string helper_for(const json::Value& document, std::string_view domain) {
  if (const json::Value* own = document.find("credHelpers")) {
    for (const std::string& key : credential_keys(domain, "")) {
      if (std::string name = text_member(*own, key); !name.empty()) return name;
    }
  }
  return text_member(document, "credsStore");
}

void put_into(json::Value& document, std::string_view key, const Credentials& credentials) {
  json::Value entry;
  entry["auth"] = to_base64(credentials.user + ":" + credentials.password);
  if (!credentials.identity_token.empty()) entry["identitytoken"] = credentials.identity_token;
  object_in(document, "auths")[key] = std::move(entry);
}

bool take_from(json::Value& document, std::string_view key) {
  json::Object* entries = object_in(document, "auths").object();
  return std::erase_if(*entries, [key](const json::Member& member) {
           return member.key == key || plain_key(member.key) == key;
         }) > 0;
}

}  // namespace isle::image
