#include "cli/provide.h"

#include <cstdio>

#include "cli/command.h"
#include "cli/output/pull_progress.h"
#include "engine/provide_image.h"

namespace isle::cli {

std::string called(const record::Container& container) {
  if (!container.name.empty()) return container.name;
  const record::RootSource& root = container.storage.root;
  return root.image.empty() ? root.directory : root.image;
}

Result<void> provide(const engine::Paths& paths, options::RunRequest& request) {
  PullProgress progress = progress_on_stderr();
  engine::ProvideHooks hooks{.warn = warn, .begins = {}, .progress = {}};
  hooks.begins = [](const std::string& name) {
    (void)std::fprintf(stderr, "isle: pulling %s\n", name.c_str());
  };
  hooks.progress = [&progress](const image::LayerProgress& layer) {
    show_on_stderr(progress, layer);
  };
  const Result<std::string> name =
      engine::provide_image(paths, request.container, request.pull, hooks);
  Result<void> provided;
  if (name) {
    request.container.storage.root.image = *name;
    provided = engine::provide_mounted_images(paths, request.container, request.pull, hooks);
  } else {
    provided = std::unexpected(name.error());
  }
  const std::string text = progress.end();
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  return provided;
}

}  // namespace isle::cli
