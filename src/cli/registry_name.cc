#include "cli/registry_name.h"

#include "base/strings.h"

namespace isle::cli {

Result<image::Reference> parse_registry(std::string_view text) {
  image::Reference registry;
  std::string_view name = text;
  for (const std::string_view scheme : {"https://", "http://", "docker://"}) {
    if (name.starts_with(scheme)) name.remove_prefix(scheme.size());
  }
  while (name.ends_with('/')) name.remove_suffix(1);
  const Cut parts = cut(name, '/');
  registry.domain = name.empty() ? "docker.io" : parts.before;
  if (registry.domain == "index.docker.io") registry.domain = "docker.io";
  // docker's old address of the Hub, "https://index.docker.io/v1/".
  if (parts.after != "v1" && parts.after != "v2") registry.repository = parts.after;
  // A word alone is a registry here, but in no image's name.
  const bool plain = registry.domain.find_first_of(".:") == std::string::npos;
  const std::string host = plain ? registry.domain + ":443" : registry.domain;
  const std::string below = registry.repository.empty() ? "x" : registry.repository;
  TRY_STEP(image::Reference::parse(host + "/" + below), format("registry {}", quoted(text)));
  return registry;
}

std::string credentials_key(const image::Reference& registry) {
  if (registry.repository.empty()) return registry.domain;
  return registry.domain + "/" + registry.repository;
}

}  // namespace isle::cli
