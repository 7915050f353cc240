#include "engine/provide_image.h"

#include "base/strings.h"
#include "image/pull_named.h"
#include "image/reference.h"
#include "image/resolve.h"
#include "image/short_names.h"
#include "oci/media_type.h"

namespace isle::engine {
namespace {

using image::PullPolicy;

// An image that is here under this name may be another platform's.
bool fits(const Paths& paths, const std::string& name, const image::PullWish& wish) {
  if (!image::is_here(paths.store, name)) return false;
  if (!wish.platform) return true;
  const Result<image::ImageInfo> info = image::resolve(paths.store, name);
  return info && oci::runs_on(info->config.platform, *wish.platform);
}

Result<std::string> fetch(const Paths& paths,
                          const image::Candidates& candidates,
                          const image::PullWish& wish,
                          const ProvideHooks& hooks) {
  image::PullRequest request{.fetch = wish.fetch, .platform = wish.platform, .progress = {}};
  if (!wish.quiet) request.progress = hooks.progress;
  std::function<void(const image::Reference&)> begins;
  if (hooks.begins && !wish.quiet) {
    begins = [&hooks](const image::Reference& reference) { hooks.begins(reference.familiar()); };
  }
  const image::PulledAs got = TRY(image::pull_first(paths.store, candidates, request, begins));
  for (const std::string& warning : got.pulled.warnings) hooks.warn(warning);
  return got.reference.familiar();
}

// What is here of the image: under the name as it is written, or as registries.conf reads it.
struct Here {
  std::string name;
  bool found = false;
  image::Candidates candidates;  // none: it is an id, or need not be pulled
};

Result<Here> look(const Paths& paths, const std::string& name, const image::PullWish& wish) {
  Here here{.name = name, .found = fits(paths, name, wish), .candidates = {}};
  if (here.found && (wish.policy == PullPolicy::Missing || wish.policy == PullPolicy::Never)) {
    return here;
  }
  if (here.found && !image::Reference::parse(name)) return here;
  here.candidates = TRY(image::find_candidates(name));
  if (here.found) return here;
  for (const image::Reference& candidate : here.candidates.references) {
    if (!fits(paths, candidate.str(), wish)) continue;
    here.name = candidate.familiar();
    here.found = true;
    break;
  }
  return here;
}

Result<std::string> provide_named(const Paths& paths,
                                  const std::string& name,
                                  const image::PullWish& wish,
                                  const ProvideHooks& hooks) {
  const Here here = TRY(look(paths, name, wish));
  const bool enough =
      here.found && (wish.policy == PullPolicy::Missing || here.candidates.references.empty());
  if (enough || wish.policy == PullPolicy::Never) return here.name;
  Result<std::string> fetched = fetch(paths, here.candidates, wish, hooks);
  if (fetched) return fetched;
  if (here.found && wish.policy == PullPolicy::Newer) {
    hooks.warn(format("what is here of {} is used: {}", name, fetched.error().describe()));
    return here.name;
  }
  return std::unexpected(std::move(fetched).error().within(format("pull {}", quoted(name))));
}

}  // namespace

Result<std::string> provide_image(const Paths& paths,
                                  const record::Container& container,
                                  const image::PullWish& wish,
                                  const ProvideHooks& hooks) {
  const std::string& name = container.storage.root.image;
  return name.empty() ? name : provide_named(paths, name, wish, hooks);
}

Result<void> provide_mounted_images(const Paths& paths,
                                    record::Container& container,
                                    const image::PullWish& wish,
                                    const ProvideHooks& hooks) {
  for (record::MountRequest& mount : container.storage.mounts) {
    if (mount.type == "image") mount.source = TRY(provide_named(paths, mount.source, wish, hooks));
  }
  return {};
}

}  // namespace isle::engine
