#include "engine/provide_image.h"

#include "base/strings.h"
#include "image/resolve.h"
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

Result<void> fetch(const Paths& paths,
                   const image::Reference& reference,
                   const image::PullWish& wish,
                   const ProvideHooks& hooks) {
  if (hooks.begins && !wish.quiet) hooks.begins(reference.familiar());
  image::PullRequest request{.fetch = wish.fetch, .platform = wish.platform, .progress = {}};
  if (!wish.quiet) request.progress = hooks.progress;
  const image::Pulled pulled = TRY(image::pull(paths.store, reference, request));
  for (const std::string& warning : pulled.warnings) hooks.warn(warning);
  return {};
}

}  // namespace

Result<void> provide_image(const Paths& paths,
                           const record::Container& container,
                           const image::PullWish& wish,
                           const ProvideHooks& hooks) {
  const std::string& name = container.storage.root.image;
  if (name.empty() || wish.policy == PullPolicy::Never) return {};
  const bool here = fits(paths, name, wish);
  if (here && wish.policy == PullPolicy::Missing) return {};
  const Result<image::Reference> reference = image::Reference::parse(name);
  if (!reference) {
    if (here) return {};  // by its id
    return std::unexpected(reference.error());
  }
  Result<void> fetched = fetch(paths, *reference, wish, hooks);
  if (fetched) return {};
  if (here && wish.policy == PullPolicy::Newer) {
    hooks.warn(format("what is here of {} is used: {}", name, fetched.error().describe()));
    return {};
  }
  return std::unexpected(std::move(fetched).error().within(format("pull {}", quoted(name))));
}

}  // namespace isle::engine
