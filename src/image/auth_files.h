#pragma once
// Where credentials are remembered, shared with podman, skopeo, buildah and docker:
//
//   --authfile, $REGISTRY_AUTH_FILE            that file alone
//   $XDG_RUNTIME_DIR/containers/auth.json      isle login writes here
//   /run/containers/UID/auth.json              and here for root without XDG_RUNTIME_DIR
//   $XDG_CONFIG_HOME/containers/auth.json      ~/.config if it is not set; here for others
//   $DOCKER_CONFIG/config.json                 ~/.docker if it is not set; read only
//
// Runs as the caller.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/credentials.h"

namespace isle::image {

// In the order in which they are asked; those that are not there too.
std::vector<HostPath> auth_files(const std::string& authfile);

// The first file that knows the repository, or its registry, decides.
Result<std::optional<Credentials>> find_credentials(const std::string& authfile,
                                                    std::string_view domain,
                                                    std::string_view repository);

// `key`: a registry, perhaps with the beginning of a repository. Where it was written: a file, or
// the helper that the file names for this registry.
Result<std::string> save_credentials(const std::string& authfile,
                                     const std::string& key,
                                     const Credentials& credentials);
// From every file that has it; where. `key` "": all of the file isle login writes.
Result<std::vector<std::string>> erase_credentials(const std::string& authfile,
                                                   const std::string& key);

}  // namespace isle::image
