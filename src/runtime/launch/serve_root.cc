// A FUSE file system is mounted without its program's help: the kernel wants an open /dev/fuse and
// gives a mount, which stays detached until init puts it in its place; the program gets the other
// end, as "/dev/fd/3", and answers what the kernel asks (fuse(4), libfuse 3.3). So nothing is
// mounted on the host, and when the container's mount namespace goes, whatever ended it, the kernel
// tells the program that its connection is over, and it ends.

#include <cerrno>

#include <fcntl.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/fs_context.h"
#include "kernel/process.h"
#include "runtime/launch/slots.h"

namespace isle::runtime::launch {
namespace {

constexpr int kFuse = 3;

Result<kernel::UniqueFd> mount_fuse(int fuse) {
  kernel::FsContext context = TRY(kernel::FsContext::open("fuse"));
  // The kernel checks permissions itself, for every user there is: what the program shows are
  // owners and modes.
  const bool done = context.set("source", "fuse-overlayfs") &&
                    context.set("fd", format("{}", fuse)) && context.set("rootmode", "40000") &&
                    context.set("user_id", "0") && context.set("group_id", "0") &&
                    context.set("allow_other", std::nullopt) &&
                    context.set("default_permissions", std::nullopt) && context.create();
  if (!done) {
    const int errnum = errno;
    return fail_call(errnum, "fsconfig(fuse)", context.log());
  }
  return context.mount();
}

}  // namespace

Result<kernel::UniqueFd> serve_root(const op::ServeRoot& step) {
  const kernel::UniqueFd fuse = TRY(kernel::open_file(HostPath("/dev/fuse"), O_RDWR));
  kernel::UniqueFd tree = TRY(mount_fuse(fuse.get()));
  const kernel::SpawnRequest request{
      .program = HostPath(step.program),
      .arguments = {"fuse-overlayfs", "-f", "-o", step.options, format("/dev/fd/{}", kFuse)},
      .env = {},
      .fds = {{.from = -1, .to = 0},
              {.from = -1, .to = 1},
              {.from = -1, .to = 2},
              {.from = fuse.get(), .to = kFuse}},
      .new_session = true};
  TRY(kernel::spawn(request));
  return tree;
}

}  // namespace isle::runtime::launch
