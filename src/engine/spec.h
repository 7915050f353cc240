#pragma once
// From the record to config.json: the image's part, every option's part, the root file system.

#include <string>
#include <vector>

#include "engine/database.h"
#include "image/resolve.h"
#include "oci/runtime_spec.h"
#include "record/container.h"
#include "runtime/plan/facts.h"

namespace isle::engine {

struct Prepared {
  oci::Spec spec;
  std::vector<HostPath> layers;          // lowest first; empty: the root is a plain directory
  std::vector<std::string> directories;  // sources of volumes that are to be made
  std::vector<std::string> warnings;
  std::string stop_signal;  // "SIGTERM"
  bool own_network = true;
};

struct PrepareRequest {
  const Paths& paths;
  const Database& database;
  const runtime::HostFacts& facts;
  bool reserve = true;  // take a range of ids for --userns auto; else only show one
};

// Reads, and writes nothing but an id range. `container` learns the image's digest.
Result<Prepared> prepare_spec(const PrepareRequest& request, record::Container& container);

}  // namespace isle::engine
