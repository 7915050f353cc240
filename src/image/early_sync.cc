#include "image/early_sync.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "kernel/fork.h"
#include "kernel/process.h"

namespace isle::image {
namespace {

constexpr std::uint64_t kWorthIt = 64 << 20;
constexpr std::uint64_t kStep = 16 << 20;  // packed; unpacked about three times as much

// In the child. Several requests that came while it wrote are one.
[[noreturn]] void write_when_asked(int requests, int directory) {
  // Neither locks nor pipes of the parent's, which others wait for.
  const int low = std::min(requests, directory);
  const int high = std::max(requests, directory);
  if (low > 0) close_range(0, static_cast<unsigned>(low) - 1, 0);
  if (high > low + 1)
    close_range(static_cast<unsigned>(low) + 1, static_cast<unsigned>(high) - 1, 0);
  close_range(static_cast<unsigned>(high) + 1, ~0U, 0);
  char bytes[4096];
  for (;;) {
    const ssize_t count = read(requests, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(0);
    // What cannot be written is told by the unpackers' own syncfs.
    static_cast<void>(syncfs(directory));
  }
}

}  // namespace

std::optional<EarlySync> EarlySync::start(const Store& store, std::uint64_t expected_bytes) {
  if (expected_bytes < kWorthIt) return std::nullopt;
  const Result<kernel::UniqueFd> directory = store.directory("staging");
  Result<kernel::FdPair> pipe = kernel::make_pipe(O_NONBLOCK);
  if (!directory || !pipe) return std::nullopt;
  if (fcntl(pipe->first.get(), F_SETFL, 0) != 0) return std::nullopt;
  Result<kernel::ForkedChild> child = kernel::fork_child(false);
  if (!child) return std::nullopt;
  if (child->inside) write_when_asked(pipe->first.get(), directory->get());
  return EarlySync(std::move(*pipe), std::move(child->pidfd));
}

EarlySync::~EarlySync() {
  if (!child_) return;
  requests_.second.reset();
  static_cast<void>(kernel::wait_for(child_.get()));
}

void EarlySync::has_come(std::uint64_t bytes) {
  if (bytes < asked_at_ + kStep) return;
  asked_at_ = bytes;
  // A full pipe has requests enough.
  static_cast<void>(write(requests_.second.get(), "", 1));
}

}  // namespace isle::image
