// certs.d: docker's and the containers tools' folders of certificates, one for each registry.
// Source: containers-certs.d(5).
#include <cstdlib>

#include "base/strings.h"
#include "image/fetch_program/configuration.h"
#include "image/fetch_program/places.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

constexpr std::size_t kLargest = 4 << 20;
constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";

// The first that is there counts; empty if none.
HostPath folder_for(const std::string& host, const std::string& cert_dir) {
  if (!cert_dir.empty()) return HostPath(cert_dir);
  std::vector<HostPath> folders;
  if (const HostPath user = user_configuration(); !user.empty()) {
    folders = {user / "isle/certs.d", user / "containers/certs.d", user / "docker/certs.d"};
  }
  for (const char* folder :
       {"/etc/isle/certs.d", "/etc/containers/certs.d", "/etc/docker/certs.d"}) {
    folders.emplace_back(folder);
  }
  for (const HostPath& folder : folders) {
    if (is_there(folder / host)) return folder / host;
  }
  return {};
}

Result<std::string> read_pem(const HostPath& path) {
  return TRY_STEP(kernel::read_file(path, kLargest), "certificates") + "\n";
}

// What the system trusts, as a text: SSL_CERT_FILE, as OpenSSL and Go have it, or Debian's bundle.
Result<std::string> system_authorities() {
  const char* named = std::getenv("SSL_CERT_FILE");
  const HostPath path(named != nullptr && *named != '\0' ? named : kSystemBundle);
  if (!is_there(path)) return std::string();
  return read_pem(path);
}

Result<void> add_client(TlsIdentity& identity, const HostPath& folder, const std::string& name) {
  const std::string stem = name.substr(0, name.rfind('.'));
  if (!is_there(folder / (stem + ".key"))) {
    return fail(ErrorKind::NotFound,
                format("there is no {}.key beside {}", stem, quoted((folder / name).str())),
                "a client certificate needs its key; authorities end in .crt");
  }
  if (!identity.certificate.empty()) {
    return fail(ErrorKind::Unsupported,
                format("{} has more than one client certificate", quoted(folder.str())),
                "isle shows one: take the others away");
  }
  identity.certificate = TRY(read_pem(folder / name));
  identity.key = TRY(read_pem(folder / (stem + ".key")));
  return {};
}

}  // namespace

Result<void> add_certificates(TlsIdentity& identity,
                              const std::string& host,
                              const std::string& cert_dir) {
  const char* named = std::getenv("SSL_CERT_FILE");
  if (named != nullptr && *named != '\0') identity.authorities = TRY(system_authorities());
  const HostPath folder = folder_for(host, cert_dir);
  if (folder.empty()) return {};
  for (const std::string& name : TRY(names_in(folder))) {
    if (name.ends_with(".crt")) {
      if (identity.authorities.empty()) identity.authorities = TRY(system_authorities());
      identity.authorities += TRY(read_pem(folder / name));
    } else if (name.ends_with(".cert")) {
      TRY(add_client(identity, folder, name));
    }
  }
  return {};
}

}  // namespace isle::image
