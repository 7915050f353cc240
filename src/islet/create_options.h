#pragma once
// What create and run have in common: their options, the request they make of the runtime, and the
// terminal's other end, which goes to the caller's socket.

#include <span>

#include "islet/bundle.h"
#include "islet/verb.h"
#include "runtime/state/create.h"

namespace isle::islet {

inline constexpr Option kBundleOption{
    .name = "bundle", .letter = 'b', .value = "DIR", .help = "the bundle (the working directory)"};
inline constexpr Option kConsoleSocketOption{
    .name = "console-socket",
    .value = "SOCKET",
    .help = "UNIX socket that gets the master of the terminal"};
inline constexpr Option kPidfdSocketOption{.name = "pidfd-socket",
                                           .value = "SOCKET",
                                           .help = "UNIX socket that gets a pidfd of the process"};
inline constexpr Option kConfigOption{
    .name = "config",
    .letter = 'f',
    .value = "FILE",
    .help = "instead of the bundle's config.json; relative to the bundle"};
inline constexpr Option kPidFileOption{
    .name = "pid-file", .value = "FILE", .help = "write the process id to FILE"};
inline constexpr Option kNoPivotOption{
    .name = "no-pivot", .help = "chroot instead of pivot_root: for a root that is a ramdisk"};
inline constexpr Option kNoNewKeyringOption{.name = "no-new-keyring",
                                            .help = "keep the caller's session keyring"};
inline constexpr Option kPreserveFdsOption{
    .name = "preserve-fds", .value = "N", .help = "hand on N more descriptors, from 3 upwards"};

// The request with the spec, and the sockets in `arguments`.
struct Creation {
  runtime::CreateRequest request;
  std::string console_socket, pidfd_socket;
};
// `detached`: nobody stays to hold a terminal.
Result<Creation> read_creation(const Globals& globals, const Arguments& arguments, bool detached);

// create_container with its warnings and, at the level debug, its steps in the log, and the
// console and the pidfd sent off. On failure nothing of the container is left.
Result<runtime::CreatedContainer> create(const Globals& globals, Creation creation);

}  // namespace isle::islet
