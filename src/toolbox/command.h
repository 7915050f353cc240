#pragma once
// What unshare and enter have in common: the steps told before they are done, and the command that
// runs at the end, as whom and where.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fork.h"

namespace isle::toolbox {

// With --explain each step is a line on standard error before it is done.
class Steps {
 public:
  explicit Steps(bool explain) : explain_(explain) {}
  void tell(std::string_view call, std::string_view why);

 private:
  bool explain_;
  unsigned count_ = 0;
};

struct CommandRequest {
  std::vector<std::string> words;  // empty: $SHELL, else /bin/sh
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  bool drop_groups = false;  // setgroups(0) beside setgid
  bool keep_capabilities = false;
  std::optional<std::vector<std::string>> environment;  // absent: the caller's
};
// Does not return when it succeeds. The error's exit status is command_exit_status of its errno.
Result<void> become(Steps& steps, const CommandRequest& command);

// Waits for the child and gives its status. SIGINT and SIGTERM, which a terminal sends to both, do
// nothing here meanwhile; with `forward` they are sent on to the child.
Result<int> wait_as_parent(const kernel::ForkedChild& child, bool forward);

// Of the caller's environment those that `names` ("A,B") has.
std::vector<std::string> environment_of_caller(std::string_view names);

// chroot(2) into an open directory; chdir(2).
Result<void> change_root(Steps& steps, int directory, std::string_view name);
Result<void> change_directory(Steps& steps, const std::string& path);

// A user's or group's number: digits, or a name of /etc/passwd or /etc/group.
Result<std::uint32_t> parse_user(std::string_view text);
Result<std::uint32_t> parse_group(std::string_view text);

}  // namespace isle::toolbox
