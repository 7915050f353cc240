#include "image/fetch_program/configuration.h"

#include <cstdlib>

#include "base/strings.h"
#include "image/auth_files.h"
#include "image/credential_helper.h"
#include "image/fetch_program/places.h"
#include "image/fetch_program/url.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

constexpr std::size_t kLargest = 4 << 20;
constexpr std::string_view kFilesHelper = "containers-auth.json";

Result<void> add_file(Registries& registries, const HostPath& path) {
  const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDONLY));
  if (!file) return {};
  const std::string text =
      TRY_STEP(kernel::read_all(file.get(), kLargest), "read " + quoted(path.str()));
  merge(registries, TRY(parse_registries(text, path.str())));
  return {};
}

Result<void> add_folder(Registries& registries, const HostPath& folder) {
  for (const std::string& name : TRY(names_in(folder))) {
    if (name.ends_with(".conf")) TRY(add_file(registries, folder / name));
  }
  return {};
}

Result<Credentials> find_credentials_for(const Registries& registries,
                                         const FetchOptions& options,
                                         const Source& source) {
  const std::vector<std::string> usual = {std::string(kFilesHelper)};
  const auto& helpers = registries.credential_helpers ? *registries.credential_helpers : usual;
  // Who names a file means that file.
  const bool named = !options.authfile.empty();
  for (const std::string& helper : named ? usual : helpers) {
    std::optional<Credentials> found;
    if (helper == kFilesHelper) {
      found = TRY(find_credentials(options.authfile, source.name, source.repository));
    } else {
      found = TRY(ask_helper(helper, source.name));
    }
    if (found) return *found;
  }
  return Credentials();
}

// "registry/repository" as a source.
Result<Source> source_at(const Registries& registries,
                         const std::string& place,
                         bool insecure,
                         const FetchOptions& options) {
  Source source;
  const Cut parts = cut(place, '/');
  source.name = parts.before;
  source.repository = parts.after;
  source.host = source.name == "docker.io" ? "registry-1.docker.io" : source.name;
  source.insecure = options.tls_verify ? !*options.tls_verify : insecure;
  source.loopback = is_loopback(source.host);
  source.identity.verify = !source.insecure;
  TRY(add_certificates(source.identity, source.name, options.cert_dir));
  if (options.creds.empty()) {
    source.credentials =
        TRY_STEP(find_credentials_for(registries, options, source), "find who we are to " + place);
  }
  return source;
}

}  // namespace

Result<Registries> load_registries() {
  Registries registries;
  const char* named = std::getenv("CONTAINERS_REGISTRIES_CONF");
  if (named != nullptr && *named != '\0') {
    const std::string text =
        TRY_STEP(kernel::read_file(HostPath(named), kLargest), "CONTAINERS_REGISTRIES_CONF");
    return parse_registries(text, named);
  }
  const HostPath system("/etc/containers");
  const HostPath user = user_configuration();
  const bool own = !user.empty() && is_there(user / "containers/registries.conf");
  TRY(add_file(registries, (own ? user / "containers" : system) / "registries.conf"));
  TRY(add_folder(registries, system / "registries.conf.d"));
  if (!user.empty()) TRY(add_folder(registries, user / "containers/registries.conf.d"));
  TRY(add_file(registries, HostPath("/etc/isle/registries.conf")));
  if (!user.empty()) TRY(add_file(registries, user / "isle/registries.conf"));
  return registries;
}

Result<std::vector<Source>> find_sources(const Registries& registries,
                                         const std::string& domain,
                                         const std::string& repository,
                                         const FetchOptions& options) {
  const std::string name = repository.empty() ? domain : domain + "/" + repository;
  const RegistryEntry* entry = find_entry(registries, name);
  const RegistryEntry none;
  const RegistryEntry& found = entry == nullptr ? none : *entry;
  if (found.blocked) {
    return fail(
        ErrorKind::Denied,
        format("registries.conf blocks {}, by the entry {}", quoted(name), quoted(found.prefix)));
  }
  std::vector<Source> sources;
  for (const Mirror& mirror : found.mirrors) {
    const std::string place = relocate(found, mirror.location, name);
    sources.push_back(TRY(source_at(registries, place, mirror.insecure, options)));
    sources.back().for_tags = mirror.use != MirrorUse::DigestOnly;
    sources.back().for_digests = mirror.use != MirrorUse::TagOnly;
    sources.back().is_mirror = true;
  }
  const std::string home = relocate(found, found.location, name);
  sources.push_back(TRY(source_at(registries, home, found.insecure, options)));
  // Given for this registry, and for no mirror of it.
  if (!options.creds.empty()) sources.back().credentials = TRY(parse_creds(options.creds));
  return sources;
}

}  // namespace isle::image
