#include "cli/output/pull_progress.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include "base/strings.h"
#include "cli/output/table.h"
#include "kernel/tty.h"

namespace isle::cli {
namespace {

using image::LayerState;
constexpr std::chrono::milliseconds kBetweenDrawings{100};

std::string what_is_left(const image::LayerProgress& layer, std::chrono::duration<double> spent) {
  if (layer.state == LayerState::Unpacking) return "unpacking";
  const double fetched = static_cast<double>(layer.received - layer.resumed);
  if (spent.count() < 0.5 || fetched <= 0) return "";
  const double speed = fetched / spent.count();
  const double rest = static_cast<double>(layer.size - std::min(layer.size, layer.received));
  return format("{}/s {} s left",
                size_words(static_cast<long long>(speed)),
                static_cast<long long>(rest / speed) + 1);
}

std::string name_of(const image::LayerProgress& layer) {
  return format("layer {}/{} {}", layer.index + 1, layer.count, layer.digest.short_hex());
}

// The line that stays; empty while the layer is on its way.
std::string final_line(const image::LayerProgress& layer) {
  const auto size = size_words(static_cast<long long>(layer.size));
  if (layer.state == LayerState::There) return name_of(layer) + ": is here already\n";
  if (layer.state != LayerState::Done) return {};
  if (layer.resumed == 0) return format("{}: done, {}\n", name_of(layer), size);
  return format("{}: done, {}, {} of them from an earlier pull\n",
                name_of(layer),
                size,
                size_words(static_cast<long long>(layer.resumed)));
}

}  // namespace

std::string PullProgress::bar_line(const Bar& bar, Clock::time_point now) const {
  const image::LayerProgress& layer = bar.layer;
  const std::string head = name_of(layer);
  const std::string sizes = format("{}/{}",
                                   size_words(static_cast<long long>(layer.received)),
                                   size_words(static_cast<long long>(layer.size)));
  const std::string tail = format("{} {}", sizes, what_is_left(layer, now - bar.begun));
  constexpr std::size_t kTail = 40;
  const std::size_t taken = head.size() + kTail + 4;
  const std::size_t width = columns_ > taken + 10 ? std::min<std::size_t>(columns_ - taken, 40) : 0;
  std::string line = head + " ";
  if (width > 0) {
    const std::uint64_t size = std::max<std::uint64_t>(layer.size, 1);
    const std::size_t full = width * std::min(layer.received, size) / size;
    line += format("[{}{}] ", std::string(full, '='), std::string(width - full, ' '));
  }
  line += tail;
  return line.substr(0, columns_ - 1);
}

// Over the bars drawn last: up so many lines, and everything below cleared.
std::string PullProgress::end() {
  if (drawn_ == 0) return {};
  const std::string text = format("\x1b[{}A\x1b[J", drawn_);
  drawn_ = 0;
  return text;
}

std::string PullProgress::draw(Clock::time_point now) {
  std::string text = end();
  for (const auto& [index, bar] : bars_) text += bar_line(bar, now) + "\n";
  drawn_ = bars_.size();
  if (waiting_ > 0) {
    text += format("{} more {}\n", waiting_, waiting_ == 1 ? "waits" : "wait");
    ++drawn_;
  }
  drawn_at_ = now;
  return text;
}

std::string PullProgress::update(const image::LayerProgress& layer, Clock::time_point now) {
  if (layer.state == LayerState::Waiting) {
    ++waiting_;
    return {};
  }
  std::string last = final_line(layer);
  auto found = bars_.find(layer.index);
  const bool is_new = found == bars_.end();
  if (is_new && waiting_ > 0) --waiting_;
  const bool changed = is_new || found->second.layer.state != layer.state;
  if (!last.empty()) {
    if (!is_new) bars_.erase(found);
  } else if (is_new) {
    bars_[layer.index] = {.layer = layer, .begun = now};
  } else {
    found->second.layer = layer;
  }
  if (columns_ == 0) return last;
  if (!changed && now - drawn_at_ < kBetweenDrawings) return {};
  return end() + last + draw(now);
}

PullProgress progress_on_stderr() {
  if (!kernel::is_terminal(STDERR_FILENO)) return PullProgress(0);
  const auto size = kernel::window_size(STDERR_FILENO);
  return PullProgress(size && size->columns > 20 ? size->columns : 80);
}

void show_on_stderr(PullProgress& progress, const image::LayerProgress& layer) {
  const std::string text = progress.update(layer, PullProgress::Clock::now());
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

}  // namespace isle::cli
