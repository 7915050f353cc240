#include "kernel/watch.h"

#include <cerrno>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::kernel {

Result<Watch> Watch::create() { return Watch(TRY(make_inotify())); }

Result<void> Watch::add_directory(const HostPath& directory) {
  constexpr unsigned kEvents =
      IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE_SELF;
  if (inotify_add_watch(fd_.get(), directory.c_str(), kEvents) >= 0) return {};
  return fail_call(errno, format("inotify_add_watch({})", directory.str()));
}

Result<void> Watch::wait(int most_ms) {
  pollfd set{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  if (poll(&set, 1, most_ms) < 0 && errno != EINTR) return fail_call(errno, "poll(inotify)");
  // What happened is not of interest; that all of it is taken is.
  alignas(inotify_event) char buffer[4096];
  while (read(fd_.get(), buffer, sizeof buffer) > 0) continue;
  return {};
}

}  // namespace isle::kernel
