#pragma once
// What every verb gets and gives. A verb is one file: its table of options, its function.

#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "islet/arguments.h"
#include "islet/log.h"

namespace isle::islet {

// The options in front of the verb.
struct Globals {
  std::optional<HostPath> root_option;  // --root
  std::optional<bool> make_cgroups;     // --rootless, --cgroup-manager=disabled
  bool systemd_cgroup = false;          // --systemd-cgroup, --cgroup-manager=systemd
  Log log;

  // Where containers' states are: --root, /run/islet, or below an ordinary user's XDG_RUNTIME_DIR.
  Result<HostPath> root() const;
};

struct Verb {
  std::string_view name;
  std::string_view words;    // after the options, "ID [SIGNAL]"
  std::string_view summary;  // one line
  std::span<const Option> options;
  Order order = Order::Free;
  unsigned least_words = 0, most_words = 0;
  // The exit status of islet.
  Result<int> (*run)(const Globals& globals, const Arguments& arguments) = nullptr;
  int failure_status = 1;  // runc's exec ends with 255, so that a command's 1 can be told apart
};

extern const Verb kCreate, kDelete, kEvents, kExec, kFeatures, kKill, kList, kMounts, kPause, kPlan,
    kPs, kResume, kRun, kSpec, kStart, kState, kUpdate;

// All of them, in alphabetical order.
std::span<const Verb* const> verbs();

// Writes to standard output.
Result<void> print(std::string_view text);

}  // namespace isle::islet
