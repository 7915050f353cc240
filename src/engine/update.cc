#include "engine/update.h"

#include "base/json.h"
#include "base/strings.h"
#include "engine/containers.h"
#include "engine/host.h"
#include "kernel/fd.h"
#include "oci/runtime_spec_json.h"
#include "options/update.h"
#include "runtime/launch/gather_facts.h"
#include "runtime/state/update.h"

namespace isle::engine {
namespace {

// By the options' own rows, which ask the host what it can do.
Result<oci::Resources> resources_of(const Paths& paths, const record::Container& container) {
  const runtime::HostFacts facts = TRY(runtime::gather_facts());
  const options::Host host =
      host_of(facts, container.resources.memory || container.resources.memory_swap);
  const Database database(paths);
  const LayeredRoot nothing = TRY(LayeredRoot::open({}));
  const options::World world = world_of(nothing, database, paths, container.id, false);
  const oci::ImageRun image;
  options::SpecBuilder builder(host, world, image);
  options::start_spec(builder);
  TRY(options::apply_limits(builder, container));
  return std::move(builder.resources());
}

Result<void> rewrite_config(const HostPath& file, const oci::Resources& change) {
  oci::Spec spec = TRY_STEP(oci::read_spec(TRY(kernel::read_file(file))), "read config.json").spec;
  if (!spec.linux_) spec.linux_.emplace();
  if (!spec.linux_->resources) spec.linux_->resources.emplace();
  runtime::merge_resources(*spec.linux_->resources, change);
  return kernel::replace_file(file, json::write(oci::write_spec(spec)), 0600, false);
}

// The monitor looks at the record when the container ends: nobody has to be told.
Result<void> change_policy(record::Container& container, const record::RestartPolicy& policy) {
  if (container.remove && policy.wanted()) {
    return fail(
        ErrorKind::Conflict,
        format("container {} was made with --rm: it goes when it ends", quoted(container.name)),
        "make it anew without --rm");
  }
  container.life.restart = policy;
  return {};
}

}  // namespace

Result<std::vector<std::string>> update_container(const Paths& paths,
                                                  std::string_view name,
                                                  const options::UpdateRequest& request) {
  Listed listed = TRY(find_container(paths, name));
  record::Container& container = listed.container;
  if (request.restart) TRY(change_policy(container, *request.restart));
  TRY(record::merge_resources(container.resources, request.change));
  oci::Resources resources = TRY(resources_of(paths, container));
  resources.devices.clear();
  std::vector<std::string> warnings;
  if (listed.running()) {
    warnings = TRY(runtime::update_container(paths.states(), container.id, resources));
  }
  TRY(rewrite_config(paths.container(container.id) / "config.json", resources));
  TRY(Database(paths).write(container));
  return warnings;
}

}  // namespace isle::engine
