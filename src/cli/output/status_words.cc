#include "cli/output/status_words.h"

#include "base/strings.h"
#include "cli/output/table.h"

namespace isle::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::string up_words(const engine::Listed& listed, std::int64_t now) {
  std::string up = "Up " + span_words(now - listed.state->created);
  if (listed.status == runtime::Status::Paused) return up + " (Paused)";
  if (listed.health.empty()) return up;
  return format("{} ({}{})", up, listed.health == "starting" ? "health: " : "", listed.health);
}

std::string ended_words(const char* word, const monitor::ExitRecord& exit, std::int64_t now) {
  return format("{} ({}) {} ago{}",
                word,
                exit.status,
                span_words(now - exit.finished_ns / kSecond),
                exit.oom_killed ? ", out of memory" : "");
}

}  // namespace

std::string status_words(const engine::Listed& listed, std::int64_t now) {
  if (listed.running()) return up_words(listed, now);
  if (listed.exit)
    return ended_words(listed.restarting ? "Restarting" : "Exited", *listed.exit, now);
  // It ends this moment, or its end could not be written down.
  return listed.has_run ? "Dead" : "Created";
}

}  // namespace isle::cli
