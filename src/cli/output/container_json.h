#pragma once
// A container as `docker inspect` and `podman inspect` show it, with isle's own members beside.

#include "base/json.h"
#include "engine/detail.h"

namespace isle::cli {

json::Value container_json(const engine::Paths& paths, const engine::ContainerDetail& detail);

// Its parts.
json::Value config_json(const engine::ContainerDetail& detail);
json::Value host_config_json(const engine::ContainerDetail& detail);
json::Value network_settings_json(const engine::Paths& paths,
                                  const engine::ContainerDetail& detail);
json::Value mounts_json(const engine::Paths& paths, const engine::ContainerDetail& detail);
// {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}, null for one that is only exposed.
json::Value bindings_json(const engine::ContainerDetail& detail);

}  // namespace isle::cli
