#pragma once
// From the record to config.json: the image's part, every option's part, the root file system.

#include <string>
#include <vector>

#include "engine/database.h"
#include "image/resolve.h"
#include "image/snapshot/driver.h"
#include "oci/runtime_spec.h"
#include "record/container.h"
#include "runtime/plan/facts.h"

namespace isle::engine {

struct Prepared {
  oci::Spec spec;
  std::vector<HostPath> layers;  // lowest first; empty: the root is a plain directory
  image::Driver driver = image::Driver::Overlay;  // that makes the root of them
  std::vector<std::string> directories;           // sources of volumes that are to be made
  std::vector<std::string> warnings;
  bool own_network = true;
};

struct ResolvedRoot {
  image::ImageInfo image;      // empty with --rootfs
  std::vector<HostPath> read;  // where users are looked up, topmost first
  image::Driver driver = image::Driver::Overlay;
};
// `container` learns what the image says of its life: digest, stop signal, health check;
// and its storage driver.
Result<ResolvedRoot> resolve_root(const Paths& paths, record::Container& container);

struct PrepareRequest {
  const Paths& paths;
  const Database& database;
  const runtime::HostFacts& facts;
  bool reserve = true;  // take a range of ids for --userns auto; else only show one
};

// Reads, and writes nothing but an id range.
Result<Prepared> prepare_spec(const PrepareRequest& request,
                              const record::Container& container,
                              ResolvedRoot root);

}  // namespace isle::engine
