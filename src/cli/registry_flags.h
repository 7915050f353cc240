#pragma once
// The flags of every command that talks to registries. A request that takes them has a member
// `fetch` (image::FetchOptions).

#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/command.h"
#include "image/fetch_options.h"
#include "options/command_line.h"
#include "options/values.h"

namespace isle::cli {

template <typename Request>
inline constexpr CommandFlag<Request> kTlsVerifyFlag = {
    {"tls-verify",
     0,
     options::Arity::Switch,
     nullptr,
     "Ask for https and a trusted certificate (default: true); false allows others, and plain http",
     options::Section::General},
    [](Request& request, std::string_view value) -> Result<void> {
      request.fetch.tls_verify = value == "true";
      return {};
    }};

template <typename Request>
inline constexpr CommandFlag<Request> kAuthfileFlag = {
    {"authfile",
     0,
     options::Arity::Value,
     "FILE",
     "Where names and passwords are remembered (default: as podman has it)",
     options::Section::General},
    [](Request& request, std::string_view value) -> Result<void> {
      request.fetch.authfile = value;
      return {};
    }};

template <typename Request>
inline constexpr CommandFlag<Request> kCertDirFlag = {
    {"cert-dir",
     0,
     options::Arity::Value,
     "DIR",
     "Certificates for this registry (default: its directory in certs.d)",
     options::Section::General},
    [](Request& request, std::string_view value) -> Result<void> {
      request.fetch.cert_dir = value;
      return {};
    }};

template <typename Request>
inline constexpr CommandFlag<Request> kCredsFlag = {
    {"creds",
     0,
     options::Arity::Value,
     "USER[:PASSWORD]",
     "Who to be, this time; without a password it is asked for",
     options::Section::General},
    [](Request& request, std::string_view value) -> Result<void> {
      request.fetch.creds = value;
      return {};
    }};

template <typename Request>
inline constexpr CommandFlag<Request> kRetryFlag = {
    {"retry",
     0,
     options::Arity::Value,
     "COUNT",
     "How often to try again what may pass (default: 3)",
     options::Section::General},
    [](Request& request, std::string_view value) -> Result<void> {
      request.fetch.retries =
          static_cast<unsigned>(TRY(options::parse_between(value, "--retry", 0, 1000)));
      return {};
    }};

template <typename Request>
inline constexpr CommandFlag<Request> kRetryDelayFlag = {
    {"retry-delay",
     0,
     options::Arity::Value,
     "SECONDS",
     "How long to wait before the first time, then twice as long each time (default: 1)",
     options::Section::General},
    [](Request& request, std::string_view value) -> Result<void> {
      if (value.ends_with('s')) value.remove_suffix(1);  // podman's "2s"
      request.fetch.retry_delay =
          static_cast<unsigned>(TRY(options::parse_between(value, "--retry-delay", 0, 3600)));
      return {};
    }};

template <typename Request>
inline constexpr CommandFlag<Request> kContentTrustFlag = {
    {"disable-content-trust",
     0,
     options::Arity::Switch,
     nullptr,
     "Look at no signatures, as is done without it",
     options::Section::General},
    [](Request& /*request*/, std::string_view value) -> Result<void> {
      if (value == "true") return {};
      return fail(ErrorKind::Unsupported,
                  "--disable-content-trust=false: isle looks at no signatures",
                  "a name with @sha256:... is the very image that it says");
    }};

// Of --creds USER: asks for the password.
Result<void> complete_creds(image::FetchOptions& options);

}  // namespace isle::cli
