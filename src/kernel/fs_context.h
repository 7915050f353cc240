#pragma once
// A file system under way, fsopen(2): its parameters one by one, then its mount, detached.

#include <string>

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/kernel_abi.h"

namespace isle::kernel {

class FsContext {
 public:
  static Result<FsContext> open(const std::string& type) {
    const long fd = syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC);
    if (fd < 0) return fail_call(errno, format("fsopen({})", type));
    return FsContext(UniqueFd(static_cast<int>(fd)));
  }
  bool set(const std::string& key, const std::optional<std::string>& value) {
    return syscall(SYS_fsconfig,
                   fd_.get(),
                   value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
                   key.c_str(),
                   value ? value->c_str() : nullptr,
                   0) == 0;
  }
  bool create() {
    return syscall(SYS_fsconfig, fd_.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0;
  }
  Result<UniqueFd> mount() {
    const long fd = syscall(SYS_fsmount, fd_.get(), FSMOUNT_CLOEXEC, 0);
    if (fd < 0) return fail_call(errno, "fsmount()", log());
    return UniqueFd(static_cast<int>(fd));
  }
  // The context's own words on what went wrong.
  std::string log() {
    char text[512];
    const ssize_t length = read(fd_.get(), text, sizeof text);
    return length > 2
               ? std::string(trim(std::string_view(text + 2, static_cast<std::size_t>(length - 2))))
               : "";
  }

 private:
  explicit FsContext(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace isle::kernel
