#include "engine/events.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/watch.h"
#include "monitor/ending.h"

namespace isle::engine {
namespace {

constexpr std::array<std::string_view, 9> kKeys = {
    "container", "event", "image", "label", "name", "network", "type", "volume", "id"};
constexpr int kMostSleep = 500;  // ms

const std::string& attribute(const record::Event& event, const std::string& name) {
  static const std::string kNone;
  const auto found = event.attributes.find(name);
  return found == event.attributes.end() ? kNone : found->second;
}

bool names(const record::Event& event, std::string_view type, const std::string& value) {
  if (event.type != type) return false;
  return attribute(event, "name") == value || (!value.empty() && event.id.starts_with(value));
}

bool fits(const record::Event& event, const EventFilter& filter) {
  if (filter.key == "event") return event.action == filter.value;
  if (filter.key == "type") return event.type == filter.value;
  if (filter.key == "id") return event.id.starts_with(filter.value);
  if (filter.key == "name") return attribute(event, "name") == filter.value;
  if (filter.key == "label") {
    const Cut label = cut(filter.value, '=');
    const auto found = event.attributes.find(std::string(label.before));
    return found != event.attributes.end() && (!label.found || found->second == label.after);
  }
  if (filter.key == "image" && attribute(event, "image") == filter.value) return true;
  return names(event, filter.key, filter.value);
}

class EventReader {
 public:
  EventReader(const Paths& paths,
              const EventsOptions& options,
              const std::function<void(const record::Event&)>& each)
      : path_(record::event_file(paths.store.root())), options_(options), each_(each) {}

  // The older file first. Without a past to show: from the end.
  Result<void> begin() {
    const bool past = options_.since_ns || options_.until_ns || !options_.stream;
    if (past) {
      file_ = TRY(kernel::open_if_exists(HostPath(path_.str() + ".1"), O_RDONLY | O_NOFOLLOW));
      TRY(read_on());
    }
    file_ = TRY(kernel::open_if_exists(path_, O_RDONLY | O_NOFOLLOW));
    if (past) return read_on();
    if (file_ && lseek(file_.get(), 0, SEEK_END) < 0) return fail_call(errno, "lseek(events)");
    return {};
  }

  // What came since; in a new file, once the one at hand was rotated away.
  Result<void> read_news() {
    TRY(read_on());
    struct stat held{};
    struct stat named{};
    if (stat(path_.c_str(), &named) != 0) return {};
    if (file_ && fstat(file_.get(), &held) == 0 && held.st_ino == named.st_ino) return {};
    file_ = TRY(kernel::open_if_exists(path_, O_RDONLY | O_NOFOLLOW));
    return read_on();
  }

 private:
  HostPath path_;
  const EventsOptions& options_;
  const std::function<void(const record::Event&)>& each_;
  kernel::UniqueFd file_;
  std::string begun_;

  Result<void> read_on() {
    if (!file_) return {};
    begun_ += TRY(kernel::read_all(file_.get()));
    std::string_view text = begun_;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      show(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    begun_ = std::string(text);
    return {};
  }

  // A damaged line is passed over.
  void show(std::string_view line) {
    const Result<record::Event> event = record::read_event(line);
    if (!event || !matches(*event, options_.filters)) return;
    if (options_.since_ns && event->time_ns < *options_.since_ns) return;
    if (options_.until_ns && event->time_ns > *options_.until_ns) return;
    each_(*event);
  }
};

}  // namespace

Result<EventFilter> parse_event_filter(std::string_view text) {
  const Cut parts = cut(text, '=');
  if (parts.found && std::ranges::find(kKeys, parts.before) != kKeys.end()) {
    return EventFilter{.key = std::string(parts.before), .value = std::string(parts.after)};
  }
  return fail(ErrorKind::InvalidArgument,
              format("--filter cannot be {}", quoted(text)),
              "it is KEY=VALUE, with container, event, id, image, label, name, network, type or "
              "volume as the key");
}

bool matches(const record::Event& event, const std::vector<EventFilter>& filters) {
  return std::ranges::all_of(filters, [&](const EventFilter& asked) {
    return std::ranges::any_of(filters, [&](const EventFilter& filter) {
      return filter.key == asked.key && fits(event, filter);
    });
  });
}

Result<void> show_events(const Paths& paths,
                         const EventsOptions& options,
                         const std::function<void(const record::Event&)>& each) {
  kernel::Watch watch = TRY(kernel::Watch::create());
  TRY(make_directories(paths.store.root()));
  TRY(watch.add_directory(paths.store.root()));
  EventReader reader(paths, options, each);
  TRY(reader.begin());
  while (options.stream) {
    int sleep = kMostSleep;
    if (options.until_ns) {
      const std::int64_t left = (*options.until_ns - monitor::realtime_ns()) / 1'000'000;
      if (left < 0) return {};
      sleep = static_cast<int>(std::clamp<std::int64_t>(left, 1, kMostSleep));
    }
    TRY(watch.wait(sleep));
    TRY(reader.read_news());
  }
  return {};
}

}  // namespace isle::engine
