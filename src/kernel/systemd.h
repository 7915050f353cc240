#pragma once
// Why: where systemd owns the tree of control groups, a container's is asked of it, as a transient
// scope (org.freedesktop.systemd1(5), systemd.scope(5)). The D-Bus part is libsystemd's, which has
// no static archive: it lives in the program isle-systemd (src/systemd/), which stands beside the
// running one, is started when it is asked for, and answers on a socket: one JSON document for each
// message, both ways. It ends when the socket is closed.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/process.h"

namespace isle::kernel {

// A property of a unit as D-Bus has it. `type` is a basic D-Bus type ("t", "s", "b"), an array of
// one ("as", "ay") or "a(ss)"; `values` are its elements in text, of pairs first and second in
// turn.
struct UnitProperty {
  std::string name;
  std::string type;
  std::vector<std::string> values;
  bool operator==(const UnitProperty&) const = default;
};

enum class Manager : unsigned char { System, User };

class Systemd {
 public:
  // Unavailable when there is no such bus; the error names it.
  static Result<Systemd> connect(Manager manager);
  Systemd(Systemd&&) noexcept = default;
  Systemd& operator=(Systemd&&) = delete;
  Systemd(const Systemd&) = delete;
  Systemd& operator=(const Systemd&) = delete;
  ~Systemd();

  // The control group below which this manager's units are, from the root; "" for the root.
  const std::string& group() const { return group_; }
  // A scope with the process `pid` in it; returns when it is there (JobRemoved), with its control
  // group. One of the same name that has failed makes room; one that lives is a Conflict.
  Result<std::string> start_scope(std::string_view unit,
                                  Pid pid,
                                  const std::vector<UnitProperty>& properties);
  // start_scope() has made a unit, also if it failed later: it is ours to stop.
  bool has_started() const { return started_; }
  // Ends the unit and forgets that it failed; one that is gone is no error.
  Result<void> stop(std::string_view unit);
  // Until the unit ends.
  Result<void> set(std::string_view unit, const std::vector<UnitProperty>& properties);
  // Moves a process into the unit's control group.
  Result<void> attach(std::string_view unit, Pid pid);

 private:
  Systemd(ChildProcess program, UniqueFd socket)
      : program_(std::move(program)), socket_(std::move(socket)) {}
  Result<std::string> ask(const std::string& request, const std::string& call);

  ChildProcess program_;
  UniqueFd socket_;
  std::string group_;
  bool started_ = false;
};

}  // namespace isle::kernel
