#pragma once
// Programs that keep passwords for others: docker-credential-NAME get|store|erase, with a line or a
// document on standard input and a document on standard output. Run as the caller, with his
// environment: they talk to his keyring. Source: docker/docker-credential-helpers' description.

#include <optional>
#include <string>

#include "base/error.h"
#include "image/credentials.h"

namespace isle::image {

// nullopt: it has nothing for that key. NotFound: there is no such program.
Result<std::optional<Credentials>> ask_helper(const std::string& name, const std::string& key);
Result<void> tell_helper(const std::string& name,
                         const std::string& key,
                         const Credentials& credentials);
// False: it had nothing.
Result<bool> clear_helper(const std::string& name, const std::string& key);

}  // namespace isle::image
