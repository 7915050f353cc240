#pragma once
// The plan: everything that will be done to make a container, as a value that can be read before
// it runs, tested without root, and timed afterwards. make_plan (make_plan.h) computes it,
// describe (describe.h) shows it, runtime/launch executes it. A step is done by one actor:
//
//   parent  the runtime's own process on the host, single-threaded, may allocate
//   stage   a child of the parent that enters or makes namespaces which the parent must not enter
//           itself (joined by path, time namespaces, hooks and copy-up inside the container's
//           mount namespace); ordinary code, short-lived
//   init    the process that becomes the container's command; between clone and exec it only
//           interprets prepared data (runtime/init)
//
// Order is the order of execution. Where one actor has to wait for another there is a barrier: a
// pair of op::Notify by the one and op::Await by the other with the same Barrier.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/seccomp.h"
#include "oci/runtime_spec.h"
#include "record/wiring.h"
#include "runtime/plan/cgroup.h"
#include "runtime/plan/operations.h"

namespace isle::runtime {

enum class Actor : std::uint8_t { Parent, Stage, Init };

// A namespace that exists already, joined by path.
struct JoinedNamespace {
  std::string type;  // "network"
  std::string path;
  std::uint64_t flag = 0;  // CLONE_NEWNET
};

struct Step {
  Actor actor = Actor::Parent;
  Operation operation;
  std::string what;  // "mount /proc"
  std::string why;   // "the container sees its own processes only"
};

struct LaunchPlan {
  std::string id;
  std::vector<Step> steps;
  std::vector<JoinedNamespace> joined;  // SlotKind::Namespace
  std::optional<kernel::SeccompFilter> filter;
  std::optional<oci::Seccomp> decided_by_agent;  // the filter's source, if it asks an agent
  std::optional<oci::Hooks> hooks;
  std::optional<plan::CgroupPlan> cgroup;  // none: stays in the caller's
  std::optional<record::Wiring> wiring;    // none: its network is not isle's matter
  std::string systemd_unit;                // the scope that has the group; empty: cgroupfs
  bool terminal = false;
  bool uses_stage = false;
  bool waits_for_start = false;
  bool ends_by_itself = false;  // init does its steps and ends with status 0: it executes nothing
  std::vector<std::string> warnings;
};

}  // namespace isle::runtime
