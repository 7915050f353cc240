#include "image/pull_layers.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <poll.h>

#include "base/strings.h"
#include "image/early_sync.h"

namespace isle::image {
namespace {

constexpr std::size_t kAtOnce = 4;
constexpr int kBusyMilliseconds = 50;  // until a layer that others work on is looked at again
using Clock = std::chrono::steady_clock;

struct Task {
  LayerAddition::Request request;
  LayerProgress progress;
  std::optional<LayerAddition> addition;  // while in work
  std::optional<std::uint64_t> ticket;    // while being fetched
  std::optional<Error> cut_short;         // what ended the fetch
  bool finished = false, tried_again = false;

  bool pending() const { return !finished && !addition; }
};

class LayerPull {
 public:
  LayerPull(const Store& store,
            Fetcher& fetcher,
            const std::function<void(const LayerProgress&)>& show)
      : store_(store), fetcher_(fetcher), show_(show) {}

  void add(const LayerAddition::Request& request) {
    Task task{.request = request, .progress = {.index = tasks_.size()}};
    task.progress.digest = request.blob.digest;
    task.progress.size = static_cast<std::uint64_t>(request.blob.size);
    tasks_.push_back(std::move(task));
  }

  Result<std::vector<std::string>> run() {
    for (Task& task : tasks_) {
      task.progress.count = tasks_.size();
      show(task, LayerState::Waiting);
    }
    if (auto sync = EarlySync::start(store_, bytes_to_come()))
      early_sync_.emplace(std::move(*sync));
    while (!std::ranges::all_of(tasks_, &Task::finished)) {
      TRY(start_some());
      if (!std::ranges::all_of(tasks_, &Task::finished)) TRY(wait());
    }
    return std::move(warnings_);
  }

 private:
  const Store& store_;
  Fetcher& fetcher_;
  const std::function<void(const LayerProgress&)>& show_;
  std::vector<Task> tasks_;
  std::vector<std::string> warnings_;
  Clock::time_point moved_ = Clock::now();  // when something happened last
  std::optional<EarlySync> early_sync_;

  void show(Task& task, LayerState state) {
    task.progress.state = state;
    if (show_) show_(task.progress);
  }

  std::size_t active() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(tasks_, [](const Task& task) { return task.addition.has_value(); }));
  }

  std::uint64_t bytes_to_come() const {
    std::uint64_t sum = 0;
    for (const Task& task : tasks_) {
      if (!has_layer(store_, task.request.diff_id)) sum += task.progress.size;
    }
    return sum;
  }

  std::uint64_t bytes_that_came() const {
    std::uint64_t sum = 0;
    for (const Task& task : tasks_) sum += task.progress.received;
    return sum;
  }

  Result<void> start_some() {
    for (Task& task : tasks_) {
      if (active() >= kAtOnce) break;
      if (task.pending()) TRY(start(task));
    }
    return {};
  }

  Result<void> start(Task& task) {
    std::optional<LayerAddition> addition = TRY(LayerAddition::begin(store_, task.request));
    if (!addition) return {};  // busy
    moved_ = Clock::now();
    if (addition->is_there()) {
      task.finished = true;
      show(task, LayerState::There);
      return {};
    }
    task.addition.emplace(std::move(*addition));
    task.progress.received = task.progress.resumed = task.addition->have();
    if (task.addition->is_whole()) {
      show(task, LayerState::Unpacking);
      return task.addition->unpack(-1);
    }
    show(task, LayerState::Fetching);
    kernel::FdPair pipe = TRY(kernel::make_pipe());
    // Fewer switches between the two programs; 64 KiB do as well.
    static_cast<void>(fcntl(pipe.first.get(), F_SETPIPE_SZ, 1 << 20));
    TRY(task.addition->unpack(pipe.first.get()));
    task.ticket =
        TRY(fetcher_.begin_blob(task.request.blob, task.addition->have(), std::move(pipe.second)));
    return {};
  }

  // What is waited for: replies of unpackers, and last, if any layer is being fetched, isle-fetch.
  std::vector<pollfd> watched(bool fetching) const {
    std::vector<pollfd> fds;
    for (const Task& task : tasks_) {
      // While it is fetched its end is what counts: a reply before has a reason that comes with it.
      if (!task.addition || task.ticket) continue;
      fds.push_back({.fd = task.addition->reply_fd(), .events = POLLIN, .revents = 0});
    }
    if (fetching) fds.push_back({.fd = fetcher_.socket(), .events = POLLIN, .revents = 0});
    return fds;
  }

  // For an event of isle-fetch, the reply of an unpacker, or time to look again.
  Result<void> wait() {
    const bool busy = std::ranges::any_of(tasks_, &Task::pending);
    const bool fetching =
        std::ranges::any_of(tasks_, [](const Task& task) { return task.ticket.has_value(); });
    std::vector<pollfd> fds = watched(fetching);
    const bool look_again = busy && active() < kAtOnce;
    const int limit = fetcher_.has_event() ? 0 : look_again ? kBusyMilliseconds : -1;
    const int ready = poll(fds.data(), fds.size(), limit);
    if (ready < 0 && errno != EINTR) return fail_call(errno, "poll(layers)");
    if (ready > 0) moved_ = Clock::now();
    if (fetcher_.has_event() || (fetching && ready > 0 && fds.back().revents != 0)) {
      TRY(take_event());
    }
    for (const pollfd& fd : fds) {
      if (fd.revents != 0 && fd.fd != fetcher_.socket()) TRY(finish_by_reply(fd.fd));
    }
    return check_patience();
  }

  Result<void> take_event() {
    FetchEvent event = TRY(fetcher_.next_event());
    const auto task = std::ranges::find(tasks_, std::optional(event.ticket), &Task::ticket);
    if (task == tasks_.end()) return {};
    task->progress.received = std::max(task->progress.received, event.received);
    if (early_sync_) early_sync_->has_come(bytes_that_came());
    if (!event.ended) {
      show(*task, LayerState::Fetching);
      return {};
    }
    task->ticket.reset();
    task->cut_short = std::move(event.error);
    if (!task->cut_short) task->progress.received = task->progress.size;
    show(*task, LayerState::Unpacking);
    return {};
  }

  Result<void> finish_by_reply(int fd) {
    for (Task& task : tasks_) {
      if (task.addition && !task.ticket && task.addition->reply_fd() == fd) return finish(task);
    }
    return {};
  }

  Result<void> finish(Task& task) {
    const bool had_some = task.addition->have() > 0;
    auto result = task.addition->finish(std::exchange(task.cut_short, std::nullopt));
    task.addition.reset();
    if (result) {
      task.finished = true;
      warnings_.insert(warnings_.end(), result->begin(), result->end());
      show(task, LayerState::Done);
      return {};
    }
    // What lay here was damaged, and is gone now: all of it comes anew.
    if (result.error().kind == ErrorKind::Corrupt && had_some && !task.tried_again) {
      task.tried_again = true;
      return {};
    }
    return std::unexpected(std::move(result).error());
  }

  // Others' work takes as long as it takes, but one that was stopped is named.
  Result<void> check_patience() {
    if (Clock::now() - moved_ < std::chrono::seconds(kLockSeconds)) return {};
    const auto task = std::ranges::find_if(tasks_, &Task::pending);
    if (task == tasks_.end() || active() > 0) return {};
    const oci::Digest& diff_id = task->request.diff_id;
    return lock_timeout(
        store_, layer_lock_name(diff_id.hex()), format("layer {}", diff_id.short_hex()));
  }
};

}  // namespace

Result<std::vector<std::string>> pull_layers(
    const Store& store,
    Fetcher& fetcher,
    const std::vector<LayerAddition::Request>& layers,
    const std::function<void(const LayerProgress&)>& progress) {
  LayerPull work(store, fetcher, progress);
  for (const LayerAddition::Request& layer : layers) work.add(layer);
  return work.run();
}

}  // namespace isle::image
