#pragma once
// All that `isle inspect` tells of one container, read from its files.

#include <cstdint>
#include <optional>

#include "engine/container_size.h"
#include "engine/containers.h"
#include "monitor/health.h"
#include "oci/image.h"
#include "oci/runtime_spec.h"
#include "record/wiring.h"

namespace isle::engine {

struct ContainerDetail {
  Listed listed;
  std::optional<oci::Spec> spec;          // what it is made from; none: it is being made
  std::optional<oci::ImageConfig> image;  // none: its image is gone, or it has none
  std::optional<record::Wiring> wiring;   // of one that runs in networks of isle's
  std::optional<monitor::Health> health;  // of one that was asked
  std::int64_t restarts = 0;  // so many times its monitor has started it again, since somebody did
  std::optional<ContainerSize> size;  // when it is wanted
};
Result<ContainerDetail> detail_of(const Paths& paths, Listed listed, bool with_size);

// A path of its directory: "hosts", "log".
HostPath file_of(const Paths& paths, const ContainerDetail& detail, std::string_view name);

}  // namespace isle::engine
