#pragma once
// What linux.intelRdt made for a container, and what is removed with it. Internal to runtime/state.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "oci/runtime_spec.h"
#include "runtime/state/update.h"

namespace isle::runtime {

// Its monitoring group, and the group that has its name; a class of service by closID stays
// (config-linux.md, "IntelRdt"). What is not there is no error.
Result<void> leave_resctrl(const oci::Spec& spec, const std::string& id);

// Other shares for the container's own group, which is made and joined by `processes`, with all
// their threads, if it has none. One that closID names is others', too: a Conflict. `spec` says it
// afterwards. `mounted` is where resctrl is; empty: nowhere.
class ResctrlChange {
 public:
  ResctrlChange(std::string mounted, std::string id)
      : root_(std::move(mounted)), id_(std::move(id)) {}
  Result<void> apply(oci::Spec& spec,
                     const CacheShares& shares,
                     const std::function<Result<std::vector<Pid>>()>& processes);
  void take_back() const;

 private:
  HostPath root_;
  std::string id_;
  std::string before_;  // schemata
  bool made_ = false;
};

}  // namespace isle::runtime
