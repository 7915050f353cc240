#pragma once
// An option is a vertical slice: its flag and help, how its value is read into the record, and
// what the record's part of it adds to the OCI specification. A row's `apply` runs for every
// container, whether the flag was given or not, so that a default lives where its option does.

#include <span>
#include <string_view>

#include "base/error.h"
#include "image/platform_choice.h"
#include "image/pull_policy.h"
#include "options/command_line.h"
#include "options/spec_builder.h"
#include "record/container.h"

namespace isle::options {

enum class Explain : unsigned char { No, Words, Json, Only };

// How the run is joined in the foreground. No stream said: all of them.
struct JoinWish {
  bool input = false, output = false, errors = false;
  bool signals = true;
  std::string detach_keys = "ctrl-p,ctrl-q";
  bool chosen() const { return input || output || errors; }
};

// What a command line of `run` says: the container, and how this one run of it goes.
struct RunRequest {
  record::Container container;
  bool detach = false;
  bool help = false;
  bool replace = false;  // the container that has the name goes
  std::string cid_file;  // where the id is written; empty: nowhere
  Explain explain = Explain::No;
  image::PullWish pull;
  image::PlatformWords platform;  // becomes pull.platform
  JoinWish session;
  bool read_only_tmpfs = false;
  unsigned preserve_fds = 0;    // descriptors 3 .. 3+N-1 go on to the command
  record::NetworkWish network;  // --ip and the like, of the only one
};

struct Option {
  Flag flag;
  Result<void> (*parse)(RunRequest& request, std::string_view value);
  Result<void> (*apply)(SpecBuilder& builder, const record::Container& container);  // may be null
};

// All rows; `apply` runs in this order.
std::span<const Option* const> option_table();
// Their flags, in the same order.
std::vector<Flag> option_flags();

// The whole command line of `run` (or `create`, which complaints then name): flags, then IMAGE
// (unless --rootfs), then the command. Errors name the flag. Checks what spans several options too.
Result<RunRequest> parse_run(std::span<const char* const> arguments,
                             std::string_view command = "run");

// Every row's part, in order; errors name the option.
Result<void> apply_options(SpecBuilder& builder, const record::Container& container);

}  // namespace isle::options
