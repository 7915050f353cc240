#include "engine/detail.h"

#include "engine/networking.h"
#include "image/image_record.h"
#include "kernel/fd.h"
#include "monitor/restart.h"
#include "oci/runtime_spec_json.h"

namespace isle::engine {
namespace {

std::optional<oci::ImageConfig> image_of(const Paths& paths, const record::RootSource& root) {
  const auto id = oci::Digest::parse(root.image_digest);
  if (!id) return std::nullopt;
  auto record = image::load_image(paths.store, *id);
  if (!record || !*record) return std::nullopt;
  return std::move((*record)->config);
}

std::optional<monitor::Health> read_health(const HostPath& directory) {
  const auto text = kernel::read_file(monitor::health_file(directory));
  if (!text) return std::nullopt;
  auto health = monitor::read_health(*text);
  if (!health) return std::nullopt;
  return std::move(*health);
}

}  // namespace

Result<ContainerDetail> detail_of(const Paths& paths, Listed listed, bool with_size) {
  ContainerDetail detail;
  const HostPath directory = paths.container(listed.container.id);
  if (const auto config = kernel::read_file(directory / "config.json")) {
    detail.spec = TRY_STEP(oci::read_spec(*config), "read config.json").spec;
  }
  detail.image = image_of(paths, listed.container.storage.root);
  if (listed.running()) detail.wiring = TRY(wiring_of(paths, listed.container.id));
  if (listed.container.life.health.wanted()) detail.health = read_health(directory);
  detail.restarts = listed.exit ? listed.exit->restarts : monitor::restarts_until_now(directory);
  if (with_size) detail.size = TRY(size_of(paths, listed.container));
  detail.listed = std::move(listed);
  return detail;
}

HostPath file_of(const Paths& paths, const ContainerDetail& detail, std::string_view name) {
  return paths.container(detail.listed.container.id) / name;
}

}  // namespace isle::engine
