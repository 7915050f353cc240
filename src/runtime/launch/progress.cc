#include "runtime/launch/progress.h"

#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

namespace isle::runtime::launch {

std::int64_t real_time_ns() {
  timespec now{};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

Result<Progress> Progress::create(std::size_t steps, bool measure) {
  const std::size_t size = sizeof(std::int64_t) * (1 + (measure ? steps : 0));
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail_call(errno, "mmap()");
  return Progress(memory, size, measure);
}

Progress::Progress(Progress&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      size_(other.size_),
      measure_(other.measure_) {}

Progress::~Progress() {
  if (memory_ != nullptr) munmap(memory_, size_);
}

std::vector<std::int64_t> Progress::durations(const LaunchPlan& plan, std::int64_t start) {
  std::vector<std::int64_t> out;
  const std::int64_t* ended = times();
  if (ended == nullptr) return out;
  std::int64_t last[3] = {start, start, start};
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto actor = static_cast<unsigned>(plan.steps[i].actor);
    out.push_back(ended[i] == 0 ? 0 : std::max<std::int64_t>(ended[i] - last[actor], 1));
    if (ended[i] != 0) last[actor] = ended[i];
    // Those who come later start when they are cloned.
    if (std::holds_alternative<op::Clone>(plan.steps[i].operation)) {
      last[static_cast<unsigned>(Actor::Init)] = ended[i];
      if (actor == 0) last[static_cast<unsigned>(Actor::Stage)] = ended[i];
    }
  }
  return out;
}

}  // namespace isle::runtime::launch
