#include "monitor/log.h"

#include "monitor/ending.h"

namespace isle::monitor {

void Log::take(int stream, std::string_view text, bool complete, std::int64_t now) {
  std::string& begun = begun_[stream - 1];
  if (begun.empty()) {
    driver_->add({.stream = stream, .text = text, .complete = complete, .time_ns = now});
    return;
  }
  begun.append(text);
  driver_->add({.stream = stream, .text = begun, .complete = complete, .time_ns = now});
  begun = std::string();
}

void Log::write(int stream, std::string_view data) {
  if (!driver_) return;
  const std::int64_t now = realtime_ns();
  while (!data.empty()) {
    const std::size_t room = kMaxLogLine - begun_[stream - 1].size();
    const std::size_t newline = data.substr(0, room + 1).find('\n');
    if (newline != std::string_view::npos) {
      take(stream, data.substr(0, newline), true, now);
      data.remove_prefix(newline + 1);
    } else if (data.size() > room) {
      take(stream, data.substr(0, room), false, now);
      data.remove_prefix(room);
    } else {
      begun_[stream - 1].append(data);
      break;
    }
  }
  driver_->flush();
}

void Log::finish() {
  if (!driver_) return;
  const std::int64_t now = realtime_ns();
  for (const int stream : {1, 2}) {
    if (!begun_[stream - 1].empty()) take(stream, {}, false, now);
  }
  driver_->flush();
}

}  // namespace isle::monitor
