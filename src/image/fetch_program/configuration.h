#pragma once
// All that is to be read before privileges go, as the caller: registries.conf files, certificates,
// credentials. What comes of it are the sources of a repository, in the order they are tried.

#include <string>
#include <vector>

#include "base/error.h"
#include "image/fetch_options.h"
#include "image/fetch_program/registries.h"
#include "image/fetch_program/source.h"

namespace isle::image {

// The files there are, lowest first:
//   $CONTAINERS_REGISTRIES_CONF alone if set; else
//   /etc/containers/registries.conf, or ~/.config/containers/registries.conf in its place
//   *.conf of registries.conf.d beside either
//   /etc/isle/registries.conf, ~/.config/isle/registries.conf
Result<Registries> load_registries();

// Mirrors first, the registry itself last. Denied: the configuration blocks it.
Result<std::vector<Source>> find_sources(const Registries& registries,
                                         const std::string& domain,
                                         const std::string& repository,
                                         const FetchOptions& options);

// The files of HOST's directory in certs.d, or of `cert_dir`: NAME.crt is an authority, NAME.cert
// and NAME.key show who we are.
Result<void> add_certificates(TlsIdentity& identity,
                              const std::string& host,
                              const std::string& cert_dir);

}  // namespace isle::image
