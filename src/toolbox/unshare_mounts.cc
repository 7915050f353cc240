#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>

#include "base/strings.h"
#include "toolbox/unshare_parts.h"

namespace isle::toolbox {

namespace {

Result<void> call_mount(Steps& steps,
                        const char* source,
                        const std::string& target,
                        const char* type,
                        unsigned long flags,
                        const char* words,
                        const char* why) {
  const std::string call = format("mount({}, {})", target, words);
  steps.tell(call, why);
  if (mount(source, target.c_str(), type, flags, nullptr) == 0) return {};
  const int error = errno;
  if (error == ENODEV) {
    return fail_call(
        error, call, {}, "this kernel does not have that file system: see modprobe(8)");
  }
  return fail_call(error,
                   call,
                   {},
                   "a fresh procfs is refused in a user namespace while parts of the old one are "
                   "masked, and without a PID namespace of one's own (mount_namespaces(7))");
}

Result<void> set_propagation(Steps& steps, const UnshareRequest& request) {
  const bool is_new = (request.flags & kernel::facts_of(kernel::NamespaceKind::Mnt).bit) != 0;
  if (!is_new || request.propagation == "unchanged") return {};
  const unsigned long flag = request.propagation == "shared"  ? MS_SHARED
                             : request.propagation == "slave" ? MS_SLAVE
                                                              : MS_PRIVATE;
  return call_mount(steps,
                    "none",
                    "/",
                    nullptr,
                    MS_REC | flag,
                    request.propagation.c_str(),
                    "what is mounted inside stays inside: a copy of a shared mount is shared");
}

Result<void> mount_procfs(Steps& steps, const UnshareRequest& request) {
  if (!request.mount_proc) return {};
  if (!request.root && *request.mount_proc == "/proc") {
    TRY(call_mount(steps,
                   "none",
                   "/proc",
                   nullptr,
                   MS_REC | MS_PRIVATE,
                   "private",
                   "the old one stays as it is elsewhere"));
  }
  return call_mount(steps,
                    "proc",
                    *request.mount_proc,
                    "proc",
                    MS_NOSUID | MS_NOEXEC | MS_NODEV,
                    "proc",
                    "a procfs of the new PID namespace");
}

Result<void> mount_binfmt(Steps& steps, const std::string& directory) {
  return call_mount(steps,
                    "binfmt_misc",
                    directory,
                    "binfmt_misc",
                    MS_NOSUID | MS_NOEXEC | MS_NODEV,
                    "binfmt_misc",
                    "the interpreters of this user namespace, since Linux 6.7");
}

Result<void> load_interpreter(Steps& steps, const UnshareRequest& request) {
  if (!request.load_interp) return {};
  const std::string file = *request.mount_binfmt + "/register";
  steps.tell(format("write({}, {})", file, *request.load_interp),
             "programs of that form run by it");
  const auto written = kernel::write_existing(HostPath(file), *request.load_interp);
  if (written) return {};
  return std::unexpected(
      Error(written.error())
          .within("--load-interp")
          .advise("it is :NAME:TYPE:OFFSET:MAGIC:MASK:INTERPRETER:FLAGS (binfmt-misc.rst)"));
}

}  // namespace

Result<void> prepare_mounts(Steps& steps, const UnshareRequest& request) {
  TRY(set_propagation(steps, request));
  if (request.root) {
    const kernel::UniqueFd root =
        TRY(kernel::open_file(HostPath(*request.root), O_PATH | O_DIRECTORY));
    // With the flag F the interpreter is opened now: it is the one outside of the new root.
    if (request.load_interp) {
      TRY(mount_binfmt(steps, *request.mount_binfmt));
      TRY(load_interpreter(steps, request));
    }
    TRY(change_root(steps, root.get(), *request.root));
  }
  TRY(mount_procfs(steps, request));
  if (request.mount_binfmt) {
    TRY(mount_binfmt(steps, *request.mount_binfmt));
    if (!request.root) TRY(load_interpreter(steps, request));
  }
  if (request.directory) TRY(change_directory(steps, *request.directory));
  return {};
}

}  // namespace isle::toolbox
