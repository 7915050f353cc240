#pragma once
// What a person sees of a pull: on a terminal a bar for each layer in work, with its speed and the
// time that is left, and a line that stays for each that is done; elsewhere only the lines.
// On standard error, so that the id alone is the command's output.

#include <chrono>
#include <map>
#include <string>

#include "image/pull.h"

namespace isle::cli {

class PullProgress {
 public:
  using Clock = std::chrono::steady_clock;
  // `columns` 0: no terminal.
  explicit PullProgress(unsigned columns) : columns_(columns) {}

  // What to write for this news; empty for none.
  std::string update(const image::LayerProgress& layer, Clock::time_point now);
  // What takes the bars away that are still there.
  std::string end();

 private:
  struct Bar {
    image::LayerProgress layer;
    Clock::time_point begun;
  };
  unsigned columns_;
  std::map<std::size_t, Bar> bars_;  // by index, those in work
  std::size_t waiting_ = 0, drawn_ = 0;
  Clock::time_point drawn_at_;

  std::string draw(Clock::time_point now);
  std::string bar_line(const Bar& bar, Clock::time_point now) const;
};

// One that writes to standard error. The columns are those of its terminal.
PullProgress progress_on_stderr();
void show_on_stderr(PullProgress& progress, const image::LayerProgress& layer);

}  // namespace isle::cli
