#include "engine/boot.h"

#include <ctime>

#include <unistd.h>

#include "base/strings.h"
#include "engine/containers.h"
#include "engine/start.h"

namespace isle::engine {
namespace {

bool is_held(const Paths& paths, const std::string& id) {
  return access((paths.container(id) / "held").c_str(), F_OK) == 0;
}

// docker's "always" comes back even if it was stopped.
bool wants_start(const Paths& paths, const Listed& listed) {
  const std::string& policy = listed.container.life.restart.name;
  if (!listed.has_run || listed.running() || listed.restarting) return false;
  if (policy == "always") return true;
  if (policy.empty() || is_held(paths, listed.container.id)) return false;
  return policy == "unless-stopped" || (listed.exit && listed.exit->status != 0);
}

// One with --rm that the runtime knows nothing of has ended with the machine. One that is just
// being made has no configuration yet, or is younger than this boot's work.
bool is_left_over(const Listed& listed) {
  constexpr std::int64_t kYoung = 60;  // seconds
  return listed.container.remove && !listed.state &&
         listed.container.created + kYoung < std::time(nullptr);
}

}  // namespace

Result<Booted> boot(const Paths& paths, const RunHooks& hooks) {
  const Listing listing = TRY(list_containers(paths, true));
  Booted done{.started = {}, .removed = {}, .failed = listing.broken};
  for (const Listed& listed : listing.containers) {
    const std::string& name = listed.container.name;
    if (is_left_over(listed)) {
      const auto removed =
          remove_container(paths, listed.container.id, {.force = true, .volumes = true});
      if (removed) done.removed.push_back(name);
      continue;
    }
    if (!wants_start(paths, listed)) continue;
    auto started = start(paths, listed.container.id, {}, hooks);
    if (started) {
      done.started.push_back(name);
    } else {
      done.failed.push_back(
          std::move(started.error().error).within(format("start {}", quoted(name))));
    }
  }
  return done;
}

}  // namespace isle::engine
